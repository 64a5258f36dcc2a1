package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

// checkTenants takes tenants through their life, by workflows, to its end.
func checkTenants(t *testing.T, environ []string, office *harness.PostOffice) {
	t.Helper()
	t.Run("onboard", func(t *testing.T) { checkOnboarding(t, environ, office) })
	t.Run("keep", func(t *testing.T) { checkKeeping(t, environ) })
	t.Run("export", func(t *testing.T) { checkExport(t, environ) })
	t.Run("delete", func(t *testing.T) { checkDeletion(t, environ) })
}

func checkOnboarding(t *testing.T, environ []string, office *harness.PostOffice) {
	t.Helper()
	args := []string{"tenant", "onboard", "acme", "--name", "Acme Ltd", "--plan", "professional", "--admin-email", "Ada@Acme.example", "--json"}
	first := decode[tenancy.Onboarded](t, succeed(t, environ, args...))
	if first.Status != "active" || first.Plan != "professional" || first.AdministratorID == "" {
		t.Errorf("onboarded %+v", first)
	}
	if again := decode[tenancy.Onboarded](t, succeed(t, environ, args...)); again.TenantID != first.TenantID || again.AdministratorID != first.AdministratorID {
		t.Errorf("again it made %+v", again)
	}
	mails := office.Mails("ada@acme.example")
	if len(mails) != 1 || !strings.Contains(mails[0].Text, "Acme Ltd") {
		t.Errorf("mails: %+v", mails)
	}
	if a := ctl(t, environ, "tenant", "onboard", "acme", "--plan", "basic", "--admin-email", "eve@acme.example"); a.code != exitFailure || !strings.Contains(a.err, `"acme" already`) {
		t.Errorf("another tenant of that name: code %d, %s", a.code, a.err)
	}
	if a := ctl(t, environ, "tenant", "onboard", "globex", "--admin-email", "nobody"); a.code != exitFailure || !strings.Contains(a.err, "e-mail address") {
		t.Errorf("no address: code %d, %s", a.code, a.err)
	}
	if all := decode[[]tenantJSON](t, succeed(t, environ, "tenant", "list", "--json")); len(all) != 1 {
		t.Errorf("there are %+v", all)
	}
	out := succeed(t, environ, "tenant", "onboard", "globex", "--trial", "--plan", "custom", "--users", "1", "--predictions", "2",
		"--api-calls", "3", "--storage-mb", "4", "--admin-email", "gus@globex.example")
	if !strings.Contains(out, "is trial, plan custom") || !strings.Contains(out, "mailed the invitation") {
		t.Errorf("it prints %q", out)
	}
}

func checkKeeping(t *testing.T, environ []string) {
	t.Helper()
	if a := ctl(t, environ, "tenant", "delete", "acme", "--confirm", "globex", "--reason", "why"); a.code != exitFailure || !strings.Contains(a.err, "confirm it by its slug") {
		t.Errorf("another confirmation: code %d, %s", a.code, a.err)
	}
	if out := succeed(t, environ, "tenant", "delete", "acme", "--confirm", "acme", "--reason", "contract ended", "--grace", "1h", "--detach"); out != "delete-tenant-acme\n" {
		t.Errorf("--detach prints %q", out)
	}
	status := func() string {
		return decode[tenantJSON](t, succeed(t, environ, "tenant", "show", "acme", "--json")).Status
	}
	until(t, "acme is suspended", func() bool { return status() == "suspended" })
	if a := ctl(t, environ, "tenant", "activate", "acme", "--reason", "paid"); a.code != exitFailure || !strings.Contains(a.err, "delete-tenant-acme") {
		t.Errorf("activated while it is deleted: code %d, %s", a.code, a.err)
	}
	succeed(t, environ, "tenant", "keep", "acme", "--reason", "they signed again")
	until(t, "acme is active again", func() bool { return status() == "active" })
	if a := ctl(t, environ, "tenant", "keep", "acme", "--reason", "twice"); a.code != exitFailure {
		t.Errorf("kept twice: code %d, %s", a.code, a.err)
	}
}

// until waits for something that a workflow does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("a minute went by before %s", what)
		}
	}
}

func checkExport(t *testing.T, environ []string) {
	t.Helper()
	kept := decode[exportJSON](t, succeed(t, environ, "tenant", "export", "acme", "--out", t.TempDir(), "--json"))
	if info, err := os.Stat(kept.Place); err != nil || info.Size() != kept.Bytes || kept.Rows < 5 || len(kept.SHA256) != 64 {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func checkDeletion(t *testing.T, environ []string) {
	t.Helper()
	gone := decode[tenancy.Deleted](t, succeed(t, environ, "tenant", "delete", "acme", "--confirm", "acme", "--reason", "contract ended", "--by", "root", "--grace", "0s", "--json"))
	if !gone.Proof.Gone || !gone.Proof.ChainSound || gone.Removed["users"] != 1 || gone.Removed["tenants"] != 1 || gone.Erased < 4 ||
		gone.BackupsUntil.Sub(gone.DeletedAt) != 30*24*time.Hour || len(gone.Notes) != 4 {
		t.Errorf("deleted %+v", gone)
	}
	if info, err := os.Stat(gone.Export.Place); err != nil || info.Size() != gone.Export.Bytes {
		t.Errorf("the archive: %v", err)
	}
	if all := decode[[]tenantJSON](t, succeed(t, environ, "tenant", "list", "--json")); len(all) != 1 || all[0].Slug != "globex" {
		t.Errorf("left are %+v", all)
	}
	succeed(t, environ, "check", "audit")
	if out := succeed(t, environ, "audit", "list"); !strings.Contains(out, "tenant.deleted") {
		t.Errorf("recorded is %q", out)
	}
	if a := ctl(t, environ, "tenant", "delete", "acme", "--confirm", "acme", "--reason", "contract ended"); a.code != exitFailure || !strings.Contains(a.err, `no tenant "acme"`) {
		t.Errorf("deleted twice: code %d, %s", a.code, a.err)
	}
	out := succeed(t, environ, "tenant", "delete", "globex", "--confirm", "globex", "--reason", "contract ended", "--grace", "0s")
	for _, text := range []string{"none left in ", "- users: 1 row\n", "SHA-256", "aged out", "audit events stay"} {
		if !strings.Contains(out, text) {
			t.Errorf("it prints no %q:\n%s", text, out)
		}
	}
}
