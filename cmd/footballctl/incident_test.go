package main

import (
	"strings"
	"testing"
)

// checkIncidents declares an incident and works through it, as a person on duty
// does.
func checkIncidents(t *testing.T, environ []string) {
	t.Helper()
	run := func(args ...string) incidentOutJSON {
		t.Helper()
		return decode[incidentOutJSON](t, succeed(t, environ, append(append([]string{"incident"}, args...), "--json")...))
	}
	made := run("declare", "Forecasts look wrong", "--severity", "p1", "--summary", "since noon")
	if made.Status != "open" || made.Severity != "P1" {
		t.Fatalf("%+v", made)
	}
	if all := decode[[]incidentOutJSON](t, succeed(t, environ, "incident", "list", "--severity", "p1", "--json")); len(all) != 1 || all[0].ID != made.ID {
		t.Errorf("the list shows %+v", all)
	}
	run("ack", made.ID, "--text", "looking")
	run("step", made.ID, "analyse", "--text", "an import")
	run("note", made.ID, "--text", "told the users")
	run("act", made.ID, "settlements")
	if got := run("resolve", made.ID, "--text", "imported again"); got.Status != "verifying" {
		t.Errorf("%+v", got)
	}
	shown := succeed(t, environ, "incident", "show", made.ID)
	for _, want := range []string{"P1 verifying: Forecasts look wrong", "[x] analyse", "[ ] verify", "told the users", "started operation "} {
		if !strings.Contains(shown, want) {
			t.Errorf("shown lacks %q:\n%s", want, shown)
		}
	}
	for _, bad := range [][]string{
		{"ack", "none"}, {"step", made.ID, "verify"}, {"declare", "x", "--severity", "P9"}, {"act", made.ID, "nothing"},
	} {
		if a := ctl(t, environ, append([]string{"incident"}, bad...)...); a.code != exitFailure {
			t.Errorf("%v: code %d %s%s", bad, a.code, a.out, a.err)
		}
	}
}
