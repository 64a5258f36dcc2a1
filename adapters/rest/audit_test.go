package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// chains is a chain of five events, whose personal data are sealed by nothing.
type chains struct{ auditing.Chains }

func (chains) Events(_ context.Context, tenantID string, f auditing.Filter, before int64, limit int) ([]auditing.Entry, error) {
	var out []auditing.Entry
	for seq := int64(5); seq > 0 && len(out) < limit; seq-- {
		e := auditing.Entry{Personal: []byte(`{"address":"192.0.2.7"}`), Event: audit.Event{
			TenantID: tenantID, Seq: seq, ID: id(7, int(seq)), At: now, Action: "user.created", Outcome: "done",
			Actor: auditing.System, Details: map[string]string{"role": "viewer"},
		}}
		if seq == 1 {
			e.Personal = nil
		}
		if (before == 0 || seq < before) && (f.Action == "" || f.Action == e.Action) {
			out = append(out, e)
		}
	}
	return out, nil
}

type openSealer struct{ sealing.Sealer }

func (openSealer) Open(_ sealing.Place, sealed []byte) ([]byte, error) { return sealed, nil }

func TestAuditEvents(t *testing.T) {
	s := newServer(t)
	admin := s.issue(t, access.Manage)
	if w := s.get("/api/v1/audit-events", "X-API-Key", s.issue(t, access.Read)); w.Code != http.StatusForbidden {
		t.Errorf("without the permission: %d", w.Code)
	}
	type answer struct {
		Items []struct {
			Seq      int
			Erased   bool
			Personal map[string]string
		}
	}
	seen := 0
	for at := "/api/v1/audit-events?limit=2&action=user.created"; at != ""; {
		w, got := s.get(at, "X-API-Key", admin), answer{}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
			t.Fatalf("GET %s = %d %s", at, w.Code, w.Body)
		}
		for _, e := range got.Items {
			if want := 5 - seen; e.Seq != want || e.Erased != (want == 1) || (e.Personal["address"] == "192.0.2.7") == e.Erased {
				t.Errorf("event %d is %+v", want, e)
			}
			seen++
		}
		at = ""
		if link := w.Header().Get("Link"); link != "" {
			at = strings.Trim(strings.Split(link, ">")[0], "<")
		}
	}
	if seen != 5 {
		t.Errorf("%d events over all pages", seen)
	}
	if w := s.get("/api/v1/audit-events?outcome=maybe", "X-API-Key", admin); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an outcome that there is not: %d", w.Code)
	}
}
