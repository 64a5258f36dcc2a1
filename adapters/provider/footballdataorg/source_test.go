package footballdataorg_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/adapters/provider/footballdataorg"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// match is a match as the service writes it.
func match(id int, date, status, score string) string {
	return fmt.Sprintf(`{"id":%d,"utcDate":%q,"status":%q,"matchday":1,"stage":"REGULAR_SEASON","lastUpdated":"2022-05-30T10:00:00Z",`+
		`"homeTeam":{"id":57,"name":"Team %d FC"},"awayTeam":{"id":61,"name":"Chelsea FC"},"score":%s}`, id, date, status, id, score)
}

func answer(matches ...string) string {
	return `{"filters":{},"resultSet":{"count":1},"matches":[` + strings.Join(matches, ",") + `]}`
}

func edition(t testing.TB) ingesting.Edition {
	t.Helper()
	competition, _ := football.FindCompetition("PL")
	season, err := football.NewSeason(2021, 2022)
	if err != nil {
		t.Fatal(err)
	}
	return ingesting.Edition{Source: footballdataorg.Name, Competition: competition, Season: season, Locator: "v4/competitions/PL/matches?season=2021"}
}

func TestParseStatuses(t *testing.T) {
	const played = `{"winner":"HOME_TEAM","duration":"REGULAR","fullTime":{"home":2,"away":1},"halfTime":{"home":1,"away":1}}`
	const none = `{"winner":null,"fullTime":{"home":null,"away":null},"halfTime":{"home":null,"away":null}}`
	statuses := map[string]football.Status{
		"SCHEDULED": football.Scheduled, "TIMED": football.Scheduled, "IN_PLAY": football.Scheduled, "PAUSED": football.Scheduled,
		"FINISHED": football.Finished, "AWARDED": football.Finished, "POSTPONED": football.Postponed,
		"SUSPENDED": football.Abandoned, "CANCELLED": football.Cancelled, "SOMETHING_NEW": football.Scheduled,
	}
	for status, want := range statuses {
		score := played
		if status == "TIMED" || status == "SCHEDULED" {
			score = none
		}
		got, err := footballdataorg.Parse(t.Context(), []byte(answer(match(1, "2021-08-14T11:30:00Z", status, score))), edition(t), "f")
		if err != nil || len(got.Records) != 1 || len(got.Findings) != 0 {
			t.Fatalf("%s: %+v, %v", status, got, err)
		}
		r := got.Records[0]
		if r.Status != want || (r.FullTime != nil) != (want == football.Finished) || r.TimeKnown != (status != "SCHEDULED") {
			t.Errorf("%s: %+v", status, r)
		}
		if r.ExternalID != "1" || r.Round != "Matchday 1" || r.LastModified.Year() != 2022 || r.Home != "Team 1 FC" {
			t.Errorf("%s: %+v", status, r)
		}
		if want == football.Finished && (r.FullTime.String() != "2-1" || r.HalfTime.String() != "1-1") {
			t.Errorf("%s: %s, %s", status, r.FullTime, r.HalfTime)
		}
	}
}

func TestParseBadMatches(t *testing.T) {
	const good = `{"fullTime":{"home":2,"away":1}}`
	day := "2021-08-14T11:30:00Z"
	tests := map[string]struct {
		match string
		want  quality.Rule
	}{
		"score -1":        {match(2, day, "FINISHED", `{"fullTime":{"home":-1,"away":1}}`), quality.ImpossibleScore},
		"score 1000":      {match(2, day, "FINISHED", `{"fullTime":{"home":0,"away":1000}}`), quality.ImpossibleScore},
		"half above full": {match(2, day, "FINISHED", `{"fullTime":{"home":0,"away":1},"halfTime":{"home":1,"away":1}}`), quality.ImpossibleScore},
		"no score":        {match(2, day, "FINISHED", `{}`), quality.MissingScore},
		"31 February":     {match(2, "2022-02-31T11:30:00Z", "TIMED", `{}`), quality.ImpossibleDate},
		"another season":  {match(2, "2025-08-14T11:30:00Z", "TIMED", `{}`), quality.ImpossibleDate},
		"no team":         {strings.Replace(match(2, day, "TIMED", `{}`), "Chelsea FC", " ", 1), quality.MissingTeam},
		"wrong type":      {match(2, day, "TIMED", `[]`), quality.UnreadableRow},
		"told again":      {match(1, day, "FINISHED", good), quality.DuplicateMatch},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := answer(match(1, day, "FINISHED", good), "\n"+tt.match, match(3, day, "FINISHED", good))
			got, err := footballdataorg.Parse(t.Context(), []byte(text), edition(t), "f")
			if err != nil || len(got.Records) != 2 || got.Rows != 3 || len(got.Findings) != 1 {
				t.Fatalf("%v, %+v", err, got)
			}
			f := got.Findings[0]
			if f.Rule != tt.want || f.Place.File != "f" || f.Place.Line != 2 || f.Place.Column != 1 || f.Reason == "" {
				t.Errorf("finding %+v", f)
			}
		})
	}
	for _, text := range []string{"", "<html>", "[]", "{}", `{"message":"The resource is restricted","errorCode":403}`} {
		if _, err := footballdataorg.Parse(t.Context(), []byte(text), edition(t), "f"); !errors.Is(err, ingesting.ErrUnreadable) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// service is football-data.org with a window of a second in place of a minute.
type service struct {
	limit int

	mu      sync.Mutex
	began   time.Time
	used    int
	asked   int
	refused int
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.began) >= time.Second {
		s.began, s.used = time.Now(), 0
	}
	s.asked++
	if r.Header.Get("X-Auth-Token") != "secret" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.used++
	w.Header().Set("X-Requests-Available-Minute", strconv.Itoa(max(s.limit-s.used, 0)))
	w.Header().Set("X-RequestCounter-Reset", "1")
	switch {
	case s.used > s.limit:
		s.refused++
		w.WriteHeader(http.StatusTooManyRequests)
	case strings.Contains(r.URL.Path, "/DED/"):
		w.WriteHeader(http.StatusForbidden)
	default:
		_, _ = w.Write([]byte(answer(match(1, "2021-08-14T11:30:00Z", "TIMED", `{}`))))
	}
}

func TestTheLimitIsObeyed(t *testing.T) {
	server := &service{limit: 3}
	address := httptest.NewServer(server)
	defer address.Close()
	source := footballdataorg.New(footballdataorg.Config{
		BaseURL: address.URL, Token: "secret", Seasons: 1, Client: fetch.New(fetch.Options{}), Calendar: time.Now, Now: time.Now,
	})
	for i := range 7 {
		got, err := source.Read(t.Context(), edition(t), "")
		if err != nil || len(got.Records) != 1 {
			t.Fatalf("request %d: %+v, %v", i, got, err)
		}
	}
	if server.asked != 7 || server.refused != 0 {
		t.Errorf("%d requests, %d over the limit", server.asked, server.refused)
	}
	// Waiting ends with the context.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var err error
	for err == nil {
		_, err = source.Read(ctx, edition(t), "")
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestAnotherClientUsesTheLimitUp(t *testing.T) {
	server := &service{limit: 2, used: 2, began: time.Now()}
	address := httptest.NewServer(server)
	defer address.Close()
	source := footballdataorg.New(footballdataorg.Config{
		BaseURL: address.URL, Token: "secret", Seasons: 1, Client: fetch.New(fetch.Options{}), Calendar: time.Now, Now: time.Now,
	})
	if _, err := source.Read(t.Context(), edition(t), ""); err != nil {
		t.Fatal(err)
	}
	if server.refused != 1 || server.asked != 2 {
		t.Errorf("%d requests, %d refused", server.asked, server.refused)
	}
}

func TestTokensAndPlans(t *testing.T) {
	server := &service{limit: 100}
	address := httptest.NewServer(server)
	defer address.Close()
	source := func(token string) *footballdataorg.Source {
		return footballdataorg.New(footballdataorg.Config{
			BaseURL: address.URL, Token: token, Seasons: 2,
			Client: fetch.New(fetch.Options{}), Now: time.Now, Calendar: func() time.Time { return time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC) },
		})
	}
	_, err := source("hunter2").Read(t.Context(), edition(t), "")
	if !errors.Is(err, ingesting.ErrUnreadable) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a worthless token: %v", err)
	}
	editions, err := source("secret").Editions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var locators []string
	for _, e := range editions {
		if e.Competition.Code == "premier-league" || e.Competition.Code == "serie-a-brazil" {
			locators = append(locators, e.Season.String()+" "+e.Locator)
		}
		if e.Competition.Code == "eredivisie" {
			if _, err := source("secret").Read(t.Context(), e, ""); !errors.Is(err, ingesting.ErrNoEdition) {
				t.Errorf("a league beyond the plan: %v", err)
			}
		}
	}
	want := []string{
		"2020-21 v4/competitions/PL/matches?season=2020", "2021 v4/competitions/BSA/matches?season=2021",
		"2021-22 v4/competitions/PL/matches?season=2021", "2022 v4/competitions/BSA/matches?season=2022",
	}
	if diff := cmp.Diff(want, locators); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// FuzzParse asks of any answer: no panic, every match accounted for.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "{}", `{"matches":[]}`, `{"matches":[null,3,{}]}`,
		answer(match(1, "2021-08-14T11:30:00Z", "FINISHED", `{"fullTime":{"home":2,"away":1}}`)),
		answer(match(1, "2021-02-31T11:30:00Z", "POSTPONED", `{"regularTime":{"home":-2,"away":1}}`)),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := footballdataorg.Parse(t.Context(), data, edition(t), "f")
		if err == nil && (len(got.Records)+len(got.Findings) < got.Rows || len(got.Records) > got.Rows) {
			t.Errorf("%d rows became %d records and %d findings", got.Rows, len(got.Records), len(got.Findings))
		}
	})
}
