package main

import (
	"fmt"
	"testing"

	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/detecting"
)

func TestThoseWhoTryToGetInAreNoticed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	fail := func(email, from string) {
		o.call("POST", "auth/login", "", credentials("acme", email, "guess"), "X-Forwarded-For", from).want(t, 401, "auth.refused")
	}
	for i := range detecting.Thresholds[detecting.BruteForce] {
		fail("admin@acme.com", fmt.Sprintf("198.51.%d.1", i)) // many networks, one account
	}
	for i := range detecting.Thresholds[detecting.SuspiciousAddress] {
		fail(fmt.Sprintf("u%d@acme.com", i), "203.0.113.9") // one network, many accounts
	}
	of := func(kind detecting.Kind) []auditing.Record {
		found, err := o.reader.Of(t.Context(), acme.ID, auditing.Filter{Action: "security." + string(kind)}, 0, 10)
		must(t, err)
		return found
	}
	eventually(t, "both are noticed", func() bool { return len(of(detecting.BruteForce)) == 1 && len(of(detecting.SuspiciousAddress)) == 1 })
	o.signIn("acme", "admin@acme.com", goodPassword) // from where nobody failed
	if len(of(detecting.BruteForce)) != 1 {
		t.Error("one finding was told twice")
	}
	o.sound(acme)
}
