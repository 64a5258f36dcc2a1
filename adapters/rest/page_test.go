package rest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/rest"
)

type anyPage struct {
	Items      []json.RawMessage
	NextCursor *string `json:"next_cursor"`
}

// Walking through a list shows everything once, whatever the size of a page.
func TestWalkingAllPages(t *testing.T) {
	s := newServer(t)
	match, team := id(2, 120), id(1, 0)
	lists := map[string]int{
		"/api/v1/competitions?":                               3,
		"/api/v1/teams?":                                      20,
		"/api/v1/teams/" + team + "/ratings?":                 120,
		"/api/v1/matches?competition=premier-league&":         230,
		"/api/v1/matches?status=finished&":                    100,
		"/api/v1/forecasts?":                                  229,
		"/api/v1/forecasts?upcoming=true&":                    129,
		"/api/v1/matches/" + match + "/forecast/history?":     81,
		"/api/v1/models?":                                     62,
		"/api/v1/data-quality?":                               2,
		"/api/v1/data-quality/findings?rule=impossible_date&": 120,
	}
	for list, want := range lists {
		for _, limit := range []int{1, 7, 50, 200} {
			seen := make(map[string]bool)
			at, pages := fmt.Sprintf("%slimit=%d", list, limit), 0
			for at != "" {
				w := s.get(at)
				if w.Code != http.StatusOK {
					t.Fatalf("GET %s = %d %s", at, w.Code, w.Body)
				}
				page := decode[anyPage](t, w)
				for _, item := range page.Items {
					if seen[string(item)] {
						t.Fatalf("%s shows %s twice", list, item)
					}
					seen[string(item)] = true
				}
				if len(page.Items) > limit || len(page.Items) == 0 {
					t.Fatalf("GET %s has %d items", at, len(page.Items))
				}
				at = next(t, w.Header().Get("Link"), page.NextCursor)
				pages++
			}
			if len(seen) != want || pages != (want+limit-1)/limit {
				t.Errorf("%slimit=%d shows %d items on %d pages, want %d on %d", list, limit, len(seen), pages, want, (want+limit-1)/limit)
			}
		}
	}
}

// next follows the Link header, which must agree with next_cursor.
func next(t *testing.T, link string, cursor *string) string {
	t.Helper()
	if cursor == nil {
		if link != "" {
			t.Fatalf("the last page has a link %q", link)
		}
		return ""
	}
	at, ok := strings.CutSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
	if !ok || !strings.Contains(at, "cursor="+url.QueryEscape(*cursor)) {
		t.Fatalf("link %q does not lead to cursor %q", link, *cursor)
	}
	return at
}

// A cursor is good for its own list only, and only as it was given.
func TestCursorsAreChecked(t *testing.T) {
	s := newServer(t)
	cursor := *decode[anyPage](t, s.get("/api/v1/matches?limit=5&status=finished")).NextCursor
	good := "/api/v1/matches?status=finished&cursor=" + cursor
	if w := s.get(good); w.Code != http.StatusOK {
		t.Fatalf("GET %s = %d %s", good, w.Code, w.Body)
	}
	for _, bad := range []string{
		"/api/v1/matches?cursor=" + cursor,
		"/api/v1/matches?status=scheduled&cursor=" + cursor,
		"/api/v1/forecasts?cursor=" + cursor,
		"/api/v1/matches?status=finished&cursor=" + cursor[:len(cursor)-3],
		"/api/v1/matches?status=finished&cursor=" + cursor + "AA",
		"/api/v1/matches?status=finished&cursor=%2B%2F%3D",
	} {
		p := wantProblem(t, s.get(bad), http.StatusUnprocessableEntity, "request.invalid")
		if len(p.Errors) != 1 || p.Errors[0].Location != "query.cursor" {
			t.Errorf("GET %s: errors %+v", bad, p.Errors)
		}
	}
}

// A cursor that somebody has put together reaches no database.
func TestForgedCursors(t *testing.T) {
	s, other := newServer(t), newServer(t, func(d *rest.Dependencies) { d.Config.CursorKey = []byte("another") })
	at := "/api/v1/matches?limit=5"
	cursor := *decode[anyPage](t, s.get(at)).NextCursor
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(string(raw), id(2, 4), "'; drop table matches", 1)
	if forged == string(raw) {
		t.Fatal("nothing was forged")
	}
	asked := s.world.asked
	for _, w := range []*httptest.ResponseRecorder{
		s.get(at + "&cursor=" + base64.RawURLEncoding.EncodeToString([]byte(forged))),
		s.get(at + "&cursor=" + base64.RawURLEncoding.EncodeToString(raw[:16])),
		other.get(at + "&cursor=" + cursor),
	} {
		wantProblem(t, w, http.StatusUnprocessableEntity, "request.invalid")
	}
	if s.world.asked != asked || other.world.asked != 0 {
		t.Error("a forged cursor was read with")
	}
}
