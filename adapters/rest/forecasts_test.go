package rest_test

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/ports/caching"
)

// The exact form of what clients and the devstack's table are built on.
func TestForecastListForm(t *testing.T) {
	s := newServer(t)
	got := strings.TrimSpace(s.get("/api/v1/forecasts?ids=" + id(2, 120)).Body.String())
	want := `{"items":[{"match":{"id":"` + id(2, 120) + `","competition":{"code":"premier-league","name":"Premier League"},"season":"2026-27",` +
		`"kick_off":"2026-08-14T22:00:00Z","kick_off_time_known":true,"home":{"id":"` + id(1, 0) + `","name":"Team 00"},"away":{"id":"` + id(1, 1) +
		`","name":"Team 00"},"status":"scheduled"},"model":"` + champion + `","published_at":"2026-08-14T11:00:00Z",` +
		`"expected_goals":{"home":1.5387123456789,"away":1.09},"outcome":{"home":0.4817329,"draw":0.2701844,"away":0.2480827},` +
		`"pick":"home","confidence":0.4817329}],"next_cursor":null}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if without := s.get("/api/v1/forecasts?ids=" + id(2, 121)).Body.String(); !strings.Contains(without, `"pick":null`) {
		t.Errorf("a forecast without pick is %s", without)
	}
}

func TestForecastFilters(t *testing.T) {
	s := newServer(t)
	tests := map[string]struct {
		query string
		want  int
	}{
		"all":              {"", 50},
		"ids":              {"ids=" + id(2, 1) + "," + id(2, 2) + "," + id(7, 7), 2},
		"a day":            {"date=2026-08-14&limit=200", 48},
		"days":             {"from=2026-08-14&to=2026-08-15&limit=200", 96},
		"upcoming":         {"upcoming=true&limit=200", 129},
		"upcoming, by day": {"upcoming=true&date=2026-08-14&limit=200", 24},
		"none upcoming":    {"upcoming=true&to=2026-08-13", 0},
		"played":           {"upcoming=false&limit=20&to=2026-08-13", 20},
		"a competition":    {"competition=bundesliga", 0},
		"a team":           {"team=" + id(1, 0) + "&limit=200", 23},
		"another season":   {"season=2019-20", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := s.get("/api/v1/forecasts?" + tt.query)
			if page := decode[anyPage](t, w); w.Code != http.StatusOK || len(page.Items) != tt.want {
				t.Errorf("%d with %d items, want %d", w.Code, len(page.Items), tt.want)
			}
		})
	}
}

type markets struct {
	Outcome, ExpectedGoals struct{ Home, Draw, Away float64 }
	Totals                 []struct{ Line, Over, Under float64 }
	BothToScore            struct{ Yes, No float64 } `json:"both_to_score"`
	Scores                 []struct {
		Home, Away  int
		Probability float64
	}
	Settlement *struct {
		PickRight *bool `json:"pick_right"`
	}
}

// All markets come from one grid, so they agree with each other.
func TestMarketsAgree(t *testing.T) {
	s := newServer(t)
	m := decode[markets](t, s.get("/api/v1/matches/"+id(2, 120)+"/forecast"))
	if len(m.Totals) != 6 || m.Totals[0].Line != 0.5 || m.Totals[5].Line != 5.5 || len(m.Scores) != 10 {
		t.Fatalf("markets are %+v", m)
	}
	goalless := 0.0
	for i, total := range m.Totals {
		if math.Abs(total.Over+total.Under-1) > 1e-9 || i > 0 && total.Over >= m.Totals[i-1].Over {
			t.Errorf("totals are %+v", m.Totals)
		}
	}
	for i, score := range m.Scores {
		if i > 0 && score.Probability > m.Scores[i-1].Probability {
			t.Errorf("scores are out of order: %+v", m.Scores)
		}
		if score.Home == 0 && score.Away == 0 {
			goalless = score.Probability
		}
	}
	if math.Abs(goalless-m.Totals[0].Under) > 1e-12 {
		t.Errorf("0-0 has %v, under 0.5 has %v", goalless, m.Totals[0].Under)
	}
	if sum := m.BothToScore.Yes + m.BothToScore.No; math.Abs(sum-1) > 1e-12 || m.BothToScore.Yes > m.Totals[1].Over {
		t.Errorf("both to score %+v against over 1.5 %v", m.BothToScore, m.Totals[1].Over)
	}
	if sum := m.Outcome.Home + m.Outcome.Draw + m.Outcome.Away; math.Abs(sum-1) > 1e-9 || m.Settlement != nil {
		t.Errorf("outcome sums to %v, settlement %v", sum, m.Settlement)
	}
	if settled := decode[markets](t, s.get("/api/v1/matches/"+id(2, 4)+"/forecast")); settled.Settlement == nil || !*settled.Settlement.PickRight {
		t.Errorf("settlement is %+v", settled.Settlement)
	}
}

// An answer is told again for a second, never to strangers, and not after a
// change.
func TestAnswersAreKeptForAMoment(t *testing.T) {
	s := newServer(t)
	at := "/api/v1/matches/" + id(2, 120) + "/forecast"
	first := s.get(at)
	asked := s.world.asked
	again := s.get(at)
	if s.world.asked != asked || again.Body.String() != first.Body.String() || again.Header().Get("ETag") != first.Header().Get("ETag") ||
		again.Header().Get("Content-Type") != first.Header().Get("Content-Type") {
		t.Errorf("the second answer asked %d times and is %v %s", s.world.asked-asked, again.Header(), again.Body)
	}
	wantProblem(t, s.get(at, "X-API-Key", ""), http.StatusUnauthorized, "access.unauthenticated")
	page := "/api/v1/forecasts?limit=3"
	if kept := [2]string{s.get(page).Header().Get("Link"), s.get(page).Header().Get("Link")}; kept[0] == "" || kept[0] != kept[1] {
		t.Errorf("links of the first and the kept answer are %q", kept)
	}
	s.call(http.MethodPost, "/api/v1/models/"+champion+"/promote", `{"reason":"because"}`, "X-API-Key", s.manager)
	asked = s.world.asked
	s.get(at)
	if s.world.asked == asked {
		t.Error("the answer from before a change is told after it")
	}
	asked, s.clock.at = s.world.asked, s.clock.at.Add(time.Second)
	s.get(at)
	if s.world.asked == asked {
		t.Error("the answer is told for more than a second")
	}
	if s.counts.looked[caching.Hit] != 2 || s.counts.looked[caching.Miss] != 4 {
		t.Errorf("counted %v", s.counts.looked)
	}
}

// Failures are never told again.
func TestProblemsAreNotKept(t *testing.T) {
	s := newServer(t)
	s.world.err = http.ErrHandlerTimeout
	wantProblem(t, s.get("/api/v1/forecasts"), http.StatusInternalServerError, "internal")
	s.world.err = nil
	if w := s.get("/api/v1/forecasts"); w.Code != http.StatusOK {
		t.Errorf("after recovery it is %d", w.Code)
	}
}
