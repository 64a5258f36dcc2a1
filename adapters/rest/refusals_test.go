package rest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestCredentials(t *testing.T) {
	s := newServer(t)
	forged := s.reader[:len(s.reader)-1] + "!"
	for path, op := range operations(s, http.MethodGet) {
		if !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		for _, key := range []string{"", "nonsense", forged, strings.Repeat("x", 9000)} {
			w := s.get(target(path), "X-API-Key", key)
			wantProblem(t, w, http.StatusUnauthorized, "access.unauthenticated")
			if w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s: no WWW-Authenticate", op.OperationID)
			}
		}
	}
	if s.world.asked != 0 {
		t.Errorf("strangers made %d reads", s.world.asked)
	}
	w := s.call(http.MethodPost, "/api/v1/models/rollback", `{}`)
	wantProblem(t, w, http.StatusForbidden, "access.forbidden")
}

// What callers send never becomes our fault.
func TestHostileInputIsRefused(t *testing.T) {
	s := newServer(t)
	values := []string{
		"\x00", "a\x00b", "\xff\xfe", strings.Repeat("9", 400), strings.Repeat("é", 300), "-1", "0", "1e309", "NaN", "null", "[]", "{}",
		"../../etc/passwd", "%", "%zz", "' OR 1=1 --", "<script>", "٣", "𝕬", "2021-13-45", "9999999999999999999999", " ", "true", "eyJsIjoieCJ9",
	}
	for path, op := range operations(s, http.MethodGet) {
		for _, p := range op.Parameters {
			for _, v := range values {
				at, headers := target(path), []string{}
				switch p.In {
				case "query":
					at += "?" + p.Name + "=" + url.QueryEscape(v)
				case "path":
					at = strings.Replace(path, "{"+p.Name+"}", url.PathEscape(v), 1)
				case "header":
					headers = []string{p.Name, strings.Map(printable, v)}
				}
				if w := s.get(at, headers...); w.Code >= 500 {
					t.Errorf("GET %s = %d %s", at, w.Code, w.Body)
				}
			}
		}
	}
	bodies := []string{
		"{", "[]", "null", `""`, `{"reason":1}`, `{"reason":null}`, `{"reason":"` + strings.Repeat("a", 501) + `"}`, `{"reason":"a\u0000bc"}`,
		`{"reason":"fine","x":1}`, strings.Repeat("[", 60000), strings.Repeat(" ", 70000), "\xff\xfe", `{"reason":"` + strings.Repeat("a", 66000) + `"}`,
	}
	for _, body := range bodies {
		w := s.call(http.MethodPost, "/api/v1/models/"+champion+"/promote", body, "X-API-Key", s.manager)
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("POST %.40q = %d %s", body, w.Code, w.Body)
		}
	}
	w := s.call(http.MethodPost, "/api/v1/models/rollback", "reason=x", "X-API-Key", s.manager, "Content-Type", "text/csv")
	wantProblem(t, w, http.StatusUnsupportedMediaType, "request.media_type")
}

func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}

func TestFaultsNameTheirField(t *testing.T) {
	s := newServer(t)
	tests := map[string]struct{ target, location, says string }{
		"season":      {"/api/v1/matches?season=21", "query.season", "season"},
		"day":         {"/api/v1/matches?from=2021-02-31", "query.from", "YYYY-MM-DD"},
		"range":       {"/api/v1/matches?from=2021-02-03&to=2021-02-01", "query.to", "before"},
		"code":        {"/api/v1/competitions/Premier%20League/table", "path.code", "premier-league"},
		"id":          {"/api/v1/teams/42", "path.id", "UUID"},
		"ids":         {"/api/v1/forecasts?ids=" + id(2, 1) + ",42", "query.ids", "UUID"},
		"limit":       {"/api/v1/teams?limit=201", "query.limit", "200"},
		"no limit":    {"/api/v1/teams?limit=0", "query.limit", "1"},
		"not a limit": {"/api/v1/teams?limit=many", "query.limit", "integer"},
		"status":      {"/api/v1/matches?status=won", "query.status", "scheduled"},
		"unknown":     {"/api/v1/matches?sesaon=2021-22", "query.sesaon", "unknown"},
		"cursor":      {"/api/v1/matches?cursor=abc", "query.cursor", "next_cursor"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := wantProblem(t, s.get(tt.target), http.StatusUnprocessableEntity, "request.invalid")
			if len(p.Errors) != 1 || p.Errors[0].Location != tt.location || !strings.Contains(p.Errors[0].Message, tt.says) {
				t.Errorf("errors are %+v, want one at %s that says %q", p.Errors, tt.location, tt.says)
			}
		})
	}
}

func TestNothingThere(t *testing.T) {
	s := newServer(t)
	nobody := id(7, 7)
	tests := map[string]string{
		"/api/v1/competitions/narnia/table":                        "competition.unknown",
		"/api/v1/competitions/premier-league/table?season=1901-02": "season.unknown",
		"/api/v1/teams/" + nobody:                                  "team.unknown",
		"/api/v1/teams/" + nobody + "/ratings":                     "team.unknown",
		"/api/v1/matches/" + nobody:                                "match.unknown",
		"/api/v1/matches/" + nobody + "/odds":                      "match.unknown",
		"/api/v1/matches/" + nobody + "/forecast":                  "match.unknown",
		"/api/v1/matches/" + id(2, 229) + "/forecast":              "forecast.unpublished",
		"/api/v1/matches/" + nobody + "/forecast/history":          "match.unknown",
		"/api/v1/models/nope":                                      "model.unknown",
		"/api/v1/models/" + unmeasured + "/evaluation":             "model.not_evaluated",
		"/api/v1/nope": "route.unknown",
		"/":            "route.unknown",
	}
	for at, code := range tests {
		wantProblem(t, s.get(at), http.StatusNotFound, code)
	}
	w := s.call(http.MethodDelete, "/api/v1/teams", "")
	wantProblem(t, w, http.StatusMethodNotAllowed, "method.not_allowed")
	if got := w.Header().Get("Allow"); got != "GET, HEAD" {
		t.Errorf("Allow is %q", got)
	}
	if !slices.Contains(s.counts.requests, "GET unmatched Not Found") || !slices.Contains(s.counts.requests, "GET /api/v1/teams/{id} Not Found") {
		t.Errorf("counted %q", s.counts.requests)
	}
}

// A problem tells what was wrong with a field, and what it was, but for what
// lets people in.
func TestSecretsAreNotSentBack(t *testing.T) {
	s := newServer(t)
	for _, body := range []string{
		`{"tenant":"acme","email":"a@example.com","password":"` + strings.Repeat("hunter2", 200) + `"}`,
		`{"tenant":"acme","email":"a@example.com","password":["hunter2"]}`, `"hunter2"`, `{"password":"hunter2"`,
	} {
		w := s.call(http.MethodPost, "/api/v1/auth/login", body, "X-API-Key", "")
		if w.Code/100 != 4 || strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%.60s = %d %s", body, w.Code, w.Body)
		}
	}
	w := s.call(http.MethodPost, "/api/v1/predictions", `{"match_id":"`+id(2, 9)+`","outcome":"home","confidence":7}`, asUser...)
	if p := decode[wire](t, w); len(p.Errors) != 1 || p.Errors[0].Value != 7.0 {
		t.Errorf("a field's value is kept back: %s", w.Body)
	}
}
