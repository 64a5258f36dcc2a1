package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/onboarding"
	"github.com/football-prediction/football-prediction/test/harness"
)

// post is a mail server that is away for the first mails.
type post struct{ away, sent int }

func (p *post) InviteNow(context.Context, tenancy.Tenant, identity.User) error {
	if p.away--; p.away >= 0 {
		return errors.New("the mail server is away")
	}
	p.sent++
	return nil
}

// An onboarding that fails at its last step is finished by the next attempt:
// there is one tenant, one administrator and one mail, recorded once.
func TestAnOnboardingIsFinishedByRepeatingIt(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	b, mail := newBook(t, database), &post{away: 1}
	ring, err := crypto.Derive("a secret of this test", time.Now)
	must(t, err)
	users, tenants := postgres.NewUsers(b.db, ring), postgres.NewTenants(b.db)
	o := onboarding.NewOnboarder(onboarding.Parts{
		Registrar: registrar(t, database), Tenants: tenants, Users: users, Inviter: mail, Diary: auditing.NewDiary(b.chains, b.Chronicle),
		Members: membership.NewMembers(membership.Parts{
			Users: users, Tenants: tenants, Sessions: postgres.NewSessions(b.db), Eraser: b.chains, Unit: postgres.NewUnit(b.db),
			Recorder: b.Chronicle, NewID: postgres.NewID, Now: time.Now,
		}),
	})
	// With one seat, so that an administrator who is there must be found before
	// another is made.
	order := onboarding.Order{
		Run: "run", Slug: "acme", Plan: tenancy.Custom, Limits: tenancy.Limits{Users: 1, Predictions: 1, APICalls: 1, StorageMB: 1}, Email: "Ada@Acme.example",
	}
	var first tenancy.Tenant
	for attempt, want := range []struct{ made, failed, sent bool }{{true, true, false}, {false, false, true}, {false, false, false}} {
		must(t, o.Check(t.Context(), order))
		tenant, made, err := o.Tenant(t.Context(), order)
		must(t, err)
		if attempt == 0 {
			first = tenant
		}
		admin, hired, err := o.Administrator(t.Context(), tenant.ID, order)
		must(t, err)
		sent, err := o.Invite(t.Context(), tenant.ID, admin.ID, order.Run)
		if made != want.made || hired != want.made || (err != nil) != want.failed || sent != want.sent || tenant.ID != first.ID ||
			admin.Role != identity.TenantAdmin || admin.Email != "ada@acme.example" {
			t.Errorf("attempt %d: made %v and %v, sent %v, %v; %+v", attempt, made, hired, sent, err, admin)
		}
	}
	if mail.sent != 1 {
		t.Errorf("%d mails were sent", mail.sent)
	}
	events, err := b.reader.Of(t.Context(), first.ID, auditing.Filter{}, 0, 10)
	must(t, err)
	if len(events) != 3 || events[2].Action != "tenant.created" || events[1].Action != "user.created" || events[0].Action != "user.invited" ||
		events[2].Personal["run"] != "run" {
		t.Errorf("recorded: %+v", events)
	}
	order.Run = "another"
	if err := o.Check(t.Context(), order); !errors.Is(err, tenancy.ErrExists) {
		t.Errorf("another run is told %v", err)
	}
	if _, _, err := o.Tenant(t.Context(), order); !errors.Is(err, tenancy.ErrExists) {
		t.Errorf("another run makes it, %v", err)
	}
}

func TestAnOnboardingIsCheckedBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	o := onboarding.NewOnboarder(onboarding.Parts{Tenants: postgres.NewTenants(open(t))})
	good := onboarding.Order{Run: "run", Slug: "acme", Email: "ada@acme.example"}
	must(t, o.Check(t.Context(), good))
	for name, change := range map[string]func(*onboarding.Order){
		"slug":   func(o *onboarding.Order) { o.Slug = "Acme!" },
		"name":   func(o *onboarding.Order) { o.Name = "a\nb" },
		"plan":   func(o *onboarding.Order) { o.Plan = "gold" },
		"limits": func(o *onboarding.Order) { o.Plan = tenancy.Custom },
		"email":  func(o *onboarding.Order) { o.Email = "ada" },
		"admin":  func(o *onboarding.Order) { o.AdminName = "a\x00" },
	} {
		bad := good
		change(&bad)
		if err := o.Check(t.Context(), bad); err == nil {
			t.Errorf("a bad %s passes", name)
		}
	}
}
