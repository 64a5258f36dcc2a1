package rest_test

import (
	"net/http"
	"testing"
)

type model struct {
	Version    string
	Champion   bool
	Parameters map[string]float64
}

func TestPromoteAndRollBack(t *testing.T) {
	s := newServer(t)
	post := func(path, body string) (int, model) {
		w := s.call(http.MethodPost, "/api/v1/models/"+path, body, "X-API-Key", s.manager)
		return w.Code, decode[model](t, w)
	}
	if code, _ := post("rollback", `{"reason":"too early"}`); code != http.StatusConflict {
		t.Errorf("rolling back to nothing = %d", code)
	}
	if code, m := post(unmeasured+"/promote", `{"reason":"better"}`); code != http.StatusOK || m.Version != unmeasured || !m.Champion {
		t.Errorf("promotion = %d %+v", code, m)
	}
	if code, m := post("rollback", `{"reason":"worse after all"}`); code != http.StatusOK || m.Version != champion || !m.Champion {
		t.Errorf("rollback = %d %+v", code, m)
	}
	if code, _ := post("nope/promote", `{"reason":"better"}`); code != http.StatusNotFound {
		t.Errorf("promoting what is not there = %d", code)
	}
	if m := decode[model](t, s.get("/api/v1/models/"+champion)); len(m.Parameters) == 0 {
		t.Errorf("the model has no parameters: %+v", m)
	}
}

// Who may not change anything does not get as far as having the body judged.
func TestReadersChangeNothing(t *testing.T) {
	s := newServer(t)
	for _, at := range []string{"/api/v1/models/rollback", "/api/v1/models/" + unmeasured + "/promote"} {
		wantProblem(t, s.call(http.MethodPost, at, `{"reason":"because"}`), http.StatusForbidden, "access.forbidden")
		wantProblem(t, s.call(http.MethodPost, at, `{"reason":"because"}`, "X-API-Key", ""), http.StatusUnauthorized, "access.unauthenticated")
	}
	if s.world.asked != 0 {
		t.Errorf("%d reads were made", s.world.asked)
	}
}
