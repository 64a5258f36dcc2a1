package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// bets is a store of predictions in memory: one of each user's matches.
type bets struct {
	predicting.Store
	made map[string]prediction.Prediction
	next int
}

// tenADay is a quota of ten.
type tenADay struct{ left int }

func (g *tenADay) Take(_ context.Context, _ string, n int) (int, error) {
	granted := min(n, g.left)
	g.left -= granted
	return granted, nil
}

func (g *tenADay) Return(_ context.Context, _ string, n int) error {
	g.left += n
	return nil
}

func newBook(clock func() time.Time) *predicting.Book {
	b := &bets{made: map[string]prediction.Prediction{}}
	pick, _ := prediction.NewPick("home", nil, nil, 0.5)
	one, _ := football.NewScore(1, 0)
	p := prediction.Prediction{ID: id(2, 3), UserID: id(1, 0), Match: football.MatchID(id(2, 3)), Pick: pick, CreatedAt: now, UpdatedAt: now}
	b.made[p.ID] = p.Settle(one, now)
	return predicting.NewBook(b, &tenADay{left: 10}, football.Today(clock), func() string { b.next++; return id(5, b.next) }, clock, newHouse(clock, nil))
}

func (b *bets) Make(_ context.Context, all []prediction.Prediction, _ time.Time) ([]error, error) {
	reasons := make([]error, len(all))
	for i, p := range all {
		switch string(p.Match) {
		case id(2, 4):
			reasons[i] = prediction.ErrTooLate
		case id(2, 5):
			reasons[i] = catalogue.ErrNoMatch
		default:
			b.made[p.ID] = p
		}
	}
	return reasons, nil
}

func (b *bets) Get(_ context.Context, _, id string) (prediction.Prediction, error) {
	if p, ok := b.made[id]; ok {
		return p, nil
	}
	return prediction.Prediction{}, prediction.ErrUnknown
}

func (b *bets) Change(_ context.Context, p prediction.Prediction, _ time.Time) error {
	b.made[p.ID] = p
	return nil
}

func (b *bets) List(context.Context, string, predicting.Filter, catalogue.Page) (all []prediction.Prediction, err error) {
	for _, p := range b.made {
		all = append(all, p)
	}
	return all, nil
}

func (b *bets) Statistics(_ context.Context, _ string, m football.MatchID) (predicting.Statistics, error) {
	score, _ := football.NewScore(2, 1)
	return predicting.Statistics{Match: m, Count: 2, ByOutcome: [3]int{2}, Confidence: 0.5, Scores: []predicting.ScoreCount{{Score: score, Count: 2}}}, nil
}

func (b *bets) Points(context.Context, string, string) ([]int, error) { return []int{3, 3}, nil }

func (b *bets) Standings(context.Context, string, predicting.Period, catalogue.Page) ([]predicting.Standing, error) {
	return []predicting.Standing{{Rank: 1, UserID: id(1, 0), Points: 6, Settled: 2, Hits: 2, BrierSum: 0.5}}, nil
}

// asUser are the headers of the one user there is.
var asUser = []string{"X-API-Key", "", "Authorization", "Bearer " + person}

func TestPredicting(t *testing.T) {
	s := newServer(t)
	post := func(body string, headers ...string) int {
		t.Helper()
		return s.call(http.MethodPost, "/api/v1/predictions", body, headers...).Code
	}
	fit := fmt.Sprintf(`{"match_id":%q,"home_goals":2,"away_goals":1,"confidence":0.6}`, id(2, 9))
	if code := post(fit, "X-API-Key", s.reader); code != http.StatusForbidden {
		t.Errorf("a key that only reads = %d", code)
	}
	key := s.issue(t, access.Predict)
	wantProblem(t, s.call(http.MethodPost, "/api/v1/predictions", fit, "X-API-Key", key), http.StatusUnprocessableEntity, "prediction.user")
	if code := post(strings.Replace(fit, "{", `{"user_id":"`+id(1, 0)+`",`, 1), "X-API-Key", key); code != http.StatusCreated {
		t.Errorf("a key that names a user = %d", code)
	}
	if code := post(fit, asUser...); code != http.StatusCreated {
		t.Errorf("a user = %d", code)
	}
	wantProblem(t, s.call(http.MethodPost, "/api/v1/predictions", strings.Replace(fit, "{", `{"user_id":"`+id(1, 7)+`",`, 1), asUser...), http.StatusForbidden, "prediction.other_user")
	for body, field := range map[string]string{
		strings.Replace(fit, "0.6", "1.5", 1):                                     "body.confidence",
		strings.Replace(fit, `"home_goals":2,`, "", 1):                            "body.outcome",
		strings.Replace(fit, "{", `{"outcome":"draw",`, 1):                        "body.outcome",
		strings.Replace(fit, id(2, 9), "not-an-id-but-36-characters-long-xxx", 1): "body.match_id",
	} {
		p := decode[wire](t, s.call(http.MethodPost, "/api/v1/predictions", body, asUser...))
		if p.Status != http.StatusUnprocessableEntity || len(p.Errors) == 0 || p.Errors[0].Location != field {
			t.Errorf("%s blames %+v, want %s", body, p.Errors, field)
		}
	}
}

func TestABatchOfPredictions(t *testing.T) {
	s := newServer(t)
	item := func(match string, rest string) string {
		return fmt.Sprintf(`{"match_id":%q,"confidence":0.5,%s}`, match, rest)
	}
	body := `{"predictions":[` + strings.Join([]string{
		item(id(2, 9), `"outcome":"home"`), item(id(2, 9), `"outcome":"away"`), item(id(2, 4), `"outcome":"home"`),
		item(id(2, 5), `"outcome":"home"`), item("nonsense", `"outcome":"home"`), item(id(2, 8), `"outcome":"nobody"`),
		item(id(2, 10), `"home_goals":1,"away_goals":1`),
	}, ",") + `]}`
	w := s.call(http.MethodPost, "/api/v1/predictions/batch", body, asUser...)
	got := decode[struct {
		Created, Refused int
		Results          []struct {
			Index               int
			Status, Code, Field string
		}
	}](t, w)
	want := []string{"", "prediction.exists", "prediction.too_late", "match.unknown", "request.invalid", "prediction.outcome", ""}
	if w.Code != http.StatusOK || got.Created != 2 || got.Refused != 5 || len(got.Results) != len(want) {
		t.Fatalf("answer %d %s", w.Code, w.Body)
	}
	for i, r := range got.Results {
		if r.Index != i || r.Code != want[i] || (r.Status == "created") != (want[i] == "") {
			t.Errorf("item %d: %+v, want %q", i, r, want[i])
		}
	}
	// What was refused cost nothing: eight of ten are left.
	items := make([]string, 12)
	for i := range items {
		items[i] = item(id(3, i), `"outcome":"home"`)
	}
	w = s.call(http.MethodPost, "/api/v1/predictions/batch", `{"predictions":[`+strings.Join(items, ",")+`]}`, asUser...)
	if !strings.Contains(w.Body.String(), `"created":8,"refused":4`) || !strings.Contains(w.Body.String(), "quota.predictions") {
		t.Errorf("answer %d %s", w.Code, w.Body)
	}
	wantProblem(t, s.call(http.MethodPost, "/api/v1/predictions", `{"match_id":"`+id(3, 99)+`","outcome":"home","confidence":1}`, asUser...),
		http.StatusTooManyRequests, "quota.predictions")
}

func TestOnlyPendingPredictionsChange(t *testing.T) {
	s := newServer(t)
	at := "/api/v1/predictions/" + id(2, 3)
	wantProblem(t, s.call(http.MethodPatch, at, `{"outcome":"away","confidence":1}`, asUser...), http.StatusConflict, "prediction.not_pending")
	wantProblem(t, s.call(http.MethodDelete, at, "", asUser...), http.StatusConflict, "prediction.not_pending")
	made := decode[struct{ ID string }](t, s.call(http.MethodPost, "/api/v1/predictions", `{"match_id":"`+id(2, 9)+`","outcome":"home","confidence":1}`, asUser...))
	at = "/api/v1/predictions/" + made.ID
	tag := s.get(at).Header().Get("ETag")
	wantProblem(t, s.call(http.MethodPatch, at, `{"outcome":"away","confidence":1}`, append(asUser, "If-Match", `"x"`)...), http.StatusPreconditionFailed, "request.precondition")
	if w := s.call(http.MethodPatch, at, `{"outcome":"away","confidence":1}`, append(asUser, "If-Match", tag)...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"outcome":"away"`) {
		t.Errorf("a change = %d %s", w.Code, w.Body)
	}
	if w := s.call(http.MethodDelete, at, "", asUser...); w.Code != http.StatusNoContent {
		t.Errorf("taking back = %d", w.Code)
	}
}
