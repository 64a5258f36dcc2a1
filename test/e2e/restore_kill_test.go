package e2e_test

import (
	"strings"
	"testing"
)

// interruptDatabase restores the database alone through the API, with the worker
// killed at a step, then takes that back, with the worker killed in the middle,
// restores again and confirms.
func interruptDatabase(t *testing.T, i interruption) {
	t.Helper()
	r, _ := newHarmed(t)
	harmed := func() int { return r.count(t, "SELECT count(*) FROM matches WHERE home_goals = 40") }
	before := harmed()
	ask := map[string]any{"backup": "latest", "reason": "a faulty import"}
	restored := func() (id string) {
		t.Helper()
		if n := harmed(); n != 0 || before == 0 {
			t.Errorf("%d of %d matches are harmed", n, before)
		}
		kept := r.names(t, "football_before_%")
		if len(kept) != 1 {
			t.Fatalf("kept are %v", kept)
		}
		hex := strings.TrimPrefix(kept[0], "football_before_")
		return hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]
	}
	r.through(t, i, "restores", ask)
	id := restored()

	r.through(t, whileExchanging, "restores", map[string]any{"undo": id, "reason": "it was the wrong one"})
	if n := harmed(); n != before {
		t.Errorf("after undoing %d of %d matches are harmed", n, before)
	}
	if n := r.names(t, "football_before_%"); len(n) != 0 {
		t.Errorf("after undoing %v is kept", n)
	}
	if failure := r.ended(t, r.approve(t, r.asked(t, "restores", ask))); failure != "" {
		t.Fatal(failure)
	}
	id = restored()
	if failure := r.ended(t, r.approve(t, r.asked(t, "restores", map[string]any{"confirm": id, "reason": "all is well"}))); failure != "" {
		t.Fatal(failure)
	}
	// What was restored first, and taken back, is kept under the name it had.
	if n := r.names(t, "football_before_%"); len(n) != 0 {
		t.Errorf("after confirming %v is kept", n)
	}
	if n := r.names(t, "football_scratch_%"); len(n) != 0 {
		t.Errorf("%v is left", n)
	}
	r.leavesNoLease(t)
	r.replay(t, "RestoreDatabase")
}

// names are the databases of a pattern.
func (r *restorable) names(t *testing.T, like string) (all []string) {
	t.Helper()
	conn := dial(t, strings.Replace(r.db.AdminURL, "/"+r.db.Name, "/postgres", 1))
	rows, err := conn.Query(t.Context(), `SELECT datname::text FROM pg_database WHERE datname LIKE $1`, like)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(t.Context())
	return all
}

// The short form: in the middle of the exchange. All steps are in the long
// proofs.
func TestARestoreSurvivesAKilledWorker(t *testing.T) {
	t.Parallel()
	interruptDatabase(t, whileExchanging)
}
