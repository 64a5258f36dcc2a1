package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// walk returns all items of a list as text, in their order.
func (s *site) walk(t *testing.T, path string, limit int) []string {
	t.Helper()
	var all []string
	at := fmt.Sprintf("%s%slimit=%d", path, separator(path), limit)
	for next := at; next != ""; {
		status, body := fetch(t, s.url+next, s.key)
		if status != http.StatusOK {
			t.Fatalf("GET %s = %d %s", next, status, body)
		}
		var p struct {
			Items      []json.RawMessage
			NextCursor *string `json:"next_cursor"`
		}
		must(t, json.Unmarshal([]byte(body), &p))
		for _, item := range p.Items {
			all = append(all, string(item))
		}
		next = ""
		if p.NextCursor != nil {
			next = at + "&cursor=" + *p.NextCursor
		}
	}
	return all
}

func separator(path string) string {
	if strings.Contains(path, "?") {
		return "&"
	}
	return "?"
}

// first is the first item of a list.
func first[T any](t *testing.T, s *site, path string) T {
	t.Helper()
	items := s.walk(t, path, 200)
	if len(items) == 0 {
		t.Fatalf("GET %s is empty", path)
	}
	var item T
	must(t, json.Unmarshal([]byte(items[0]), &item))
	return item
}

// Everything can be read from a real database: each operation that the
// document names, and each list the same whatever the size of its pages.
func TestReadsFromPostgreSQL(t *testing.T) {
	s := newSite(t)
	upcoming := first[struct {
		Match struct {
			ID          string
			Competition struct{ Code string }
			Home        struct{ ID string }
			Status      string
		}
		Model string
	}](t, s, "/api/v1/forecasts?upcoming=true")
	if upcoming.Match.Status != "scheduled" {
		t.Errorf("the next forecast is %+v", upcoming)
	}
	names := strings.NewReplacer("{code}", upcoming.Match.Competition.Code, "{version}", upcoming.Model)
	described, err := rest.Documents(operating.Served(temporal.Serves))
	must(t, err)
	var document struct {
		Paths map[string]map[string]struct{ Parameters []struct{ Name string } }
	}
	must(t, json.Unmarshal(described["openapi.json"], &document))
	for path, item := range document.Paths {
		get, ok := item["get"]
		if !ok || strings.HasPrefix(path, "/api/v1/users/") || strings.HasPrefix(path, "/api/v1/api-keys") || strings.HasPrefix(path, "/api/v1/tenants") || path == "/api/v1/predictions/{id}" || path == "/api/v1/operations/{id}" || path == "/api/v1/incidents/{id}" { // which people ask for, and are tested with them
			continue
		}
		thing := upcoming.Match.ID
		if strings.Contains(path, "/teams/") {
			thing = upcoming.Match.Home.ID
		}
		at := strings.ReplaceAll(names.Replace(path), "{id}", thing)
		if status, body := fetch(t, s.url+at, s.key); status != http.StatusOK {
			t.Errorf("GET %s = %d %s", at, status, body)
		}
		for _, p := range get.Parameters {
			if p.Name == "cursor" {
				s.sameInPages(t, at)
			}
		}
	}
}

func (s *site) sameInPages(t *testing.T, at string) {
	t.Helper()
	whole := s.walk(t, at, 200)
	for _, limit := range []int{17, 100} {
		if got := s.walk(t, at, limit); strings.Join(got, "\n") != strings.Join(whole, "\n") {
			t.Errorf("GET %s shows %d items by %d, %d by 200", at, len(got), limit, len(whole))
		}
	}
	seen := make(map[string]bool)
	for _, item := range whole {
		if seen[item] {
			t.Errorf("GET %s repeats %s", at, item)
		}
		seen[item] = true
	}
	t.Logf("%-60s %d items", at, len(whole))
}

// Filters mean in SQL what their documentation says.
func TestFiltersInPostgreSQL(t *testing.T) {
	s := newSite(t)
	competition := first[struct{ Code string }](t, s, "/api/v1/competitions").Code
	type match struct {
		KickOff     time.Time `json:"kick_off"`
		Status      string
		Competition struct{ Code string }
	}
	day := first[match](t, s, "/api/v1/matches?status=finished").KickOff.Format(time.DateOnly)
	for _, query := range []string{
		"?competition=" + competition, "?status=scheduled&from=2026-03-02", "?from=" + day + "&to=" + day, "?season=2025-26&competition=" + competition,
	} {
		items := s.walk(t, "/api/v1/matches"+query, 200)
		if len(items) == 0 {
			t.Errorf("%s finds nothing", query)
		}
		for _, item := range items {
			var m match
			must(t, json.Unmarshal([]byte(item), &m))
			on := m.KickOff.Format(time.DateOnly)
			wrong := strings.Contains(query, "competition=") && m.Competition.Code != competition ||
				strings.Contains(query, "status=") && (m.Status != "scheduled" || on < "2026-03-02") ||
				strings.Contains(query, "to=") && on != day
			if wrong {
				t.Errorf("%s finds %s", query, item)
			}
		}
	}
	for _, hostile := range []string{"name=%25", "name=_", "name='%20OR%201=1--", "name=%5C", "competition=%27", "name=" + strings.Repeat("%F0%9D%95%AC", 25)} {
		if status, body := fetch(t, s.url+"/api/v1/teams?"+hostile, s.key); status >= 500 || strings.Contains(body, `"id"`) {
			t.Errorf("GET teams?%s = %d %.200s", hostile, status, body)
		}
	}
}

// The role that the API connects with may change the champion.
func TestPromotionInPostgreSQL(t *testing.T) {
	s := newSite(t)
	type model struct {
		Version  string
		Champion bool
	}
	var champion, other string
	for _, item := range s.walk(t, "/api/v1/models", 200) {
		var m model
		must(t, json.Unmarshal([]byte(item), &m))
		if m.Champion {
			champion = m.Version
		} else {
			other = m.Version
		}
	}
	for _, step := range []struct{ path, wants string }{{other + "/promote", other}, {"rollback", champion}} {
		request, err := http.NewRequest(http.MethodPost, s.url+"/api/v1/models/"+step.path, strings.NewReader(`{"reason":"a test"}`))
		must(t, err)
		request.Header.Set("X-API-Key", s.key)
		answer, err := http.DefaultClient.Do(request)
		must(t, err)
		var m model
		must(t, json.NewDecoder(answer.Body).Decode(&m))
		must(t, answer.Body.Close())
		if answer.StatusCode != http.StatusOK || m.Version != step.wants || !m.Champion {
			t.Errorf("POST models/%s = %d %+v, want champion %s", step.path, answer.StatusCode, m, step.wants)
		}
	}
}
