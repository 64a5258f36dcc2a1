package authenticating

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// The actions that are audited here.
const (
	actionChanged = "password.changed"
	actionAsked   = "password.reset_asked"
	actionReset   = "password.reset"
)

// ChangePassword replaces the caller's password and ends his other sessions.
func (d *Desk) ChangePassword(ctx context.Context, old, replacement string) error {
	p, err := person(ctx)
	if err != nil {
		return err
	}
	u, err := d.Users.ByID(ctx, p.TenantID, p.UserID)
	if err != nil {
		return err
	}
	// A stolen access token must not be a way to guess the password.
	attempt := Attempt{TenantID: p.TenantID, Account: u.Email, Network: "session " + p.Session, At: d.Now()}
	left, err := d.Attempts.Begin(ctx, attempt, func(t Tally) time.Duration { t.Known = true; return Wait(t, attempt.At) })
	if err == nil && left > 0 {
		err = slowed(left)
	}
	if err != nil {
		return err
	}
	right, _, err := d.Passwords.Verify(ctx, old, u.Password)
	switch {
	case err != nil:
		return err
	case !right:
		return domain.Errorf(domain.Invalid, "password.wrong", "the old password is wrong").In("old_password")
	}
	if err := d.Attempts.Succeed(ctx, attempt); err != nil {
		return err
	}
	return d.setPassword(ctx, u, replacement, p.Session, actionChanged)
}

// setPassword gives u another password, and ends all sessions but one.
func (d *Desk) setPassword(ctx context.Context, u identity.User, password, but, action string) error {
	if err := identity.ValidatePassword(password, u.Email, u.Name); err != nil {
		return err
	}
	hash, err := d.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	u.Password, u.UpdatedAt = hash, d.Now()
	return d.Unit.Within(ctx, u.TenantID, func(ctx context.Context) error {
		if err := d.Users.Change(ctx, u); err != nil {
			return err
		}
		if err := d.Sessions.EndAll(ctx, u.TenantID, u.ID, but, Replaced, d.Now()); err != nil {
			return err
		}
		return d.Recorder.Record(ctx, auditing.Event{TenantID: u.TenantID, Action: action, Target: u.Subject(), Outcome: auditing.Done})
	})
}

// Forgot mails a token to set another password with, if there is such a user.
// It never tells whether there is.
func (d *Desk) Forgot(ctx context.Context, slug, email string) error {
	tenant, err := d.tenant(ctx, slug)
	if err != nil {
		return err
	}
	if email, err = identity.NormaliseEmail(email); err != nil {
		email = "" // which is nobody's
	}
	// Its own account, so that asking does not slow signing in. It counts for
	// everybody alike: nobody's mailbox is to be filled.
	attempt := Attempt{TenantID: tenant.ID, Account: "forgot " + email, Network: "all", At: d.Now()}
	left, err := d.Attempts.Begin(ctx, attempt, func(t Tally) time.Duration { return Wait(t, attempt.At) })
	if err != nil || left > 0 {
		return err
	}
	// What follows takes longer for an address that is a user's, so nobody
	// waits for it.
	origin := auditing.OriginOf(ctx)
	return d.Later.Later(func(ctx context.Context) {
		if err := d.remind(auditing.WithOrigin(ctx, origin), tenant, email); err != nil {
			d.Mailer.Failed(err)
		}
	})
}

func (d *Desk) remind(ctx context.Context, tenant tenancy.Tenant, email string) error {
	u, err := d.Users.ByEmail(ctx, tenant.ID, email)
	if errors.Is(err, identity.ErrUnknown) || err == nil && (!u.DisabledAt.IsZero() || !tenant.StatusAt(d.Now()).MayCall()) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := d.Recorder.Record(ctx, auditing.Event{TenantID: tenant.ID, Action: actionAsked, Target: u.Subject(), Outcome: auditing.Done}); err != nil {
		return err
	}
	token, err := d.Ticket(u, resetLife)
	if err != nil {
		return err
	}
	return d.Mailer.Reset(ctx, tenant, u, token)
}

// Invite mails a token to set the first password with.
func (d *Desk) Invite(_ context.Context, t tenancy.Tenant, u identity.User) error {
	token, err := d.Ticket(u, inviteLife)
	if err != nil {
		return err
	}
	return d.Later.Later(func(ctx context.Context) {
		if err := d.Mailer.Invite(ctx, t, u, token); err != nil {
			d.Mailer.Failed(err)
		}
	})
}

// InviteNow is Invite for a caller who can wait, and try again when it fails.
func (d *Desk) InviteNow(ctx context.Context, t tenancy.Tenant, u identity.User) error {
	token, err := d.Ticket(u, inviteLife)
	if err != nil {
		return err
	}
	return d.Mailer.Invite(ctx, t, u, token)
}

// Ticket makes a token to set a password with. It is good until the password
// is another, so once.
func (d *Desk) Ticket(u identity.User, life time.Duration) (string, error) {
	return d.Tokens.Issue(access.Claims{
		Purpose: access.ResetToken, TenantID: u.TenantID, UserID: u.ID, Mark: markOf(u), ExpiresAt: d.Now().Add(life),
	})
}

// Reset sets a password by a token that was mailed, and ends all sessions.
func (d *Desk) Reset(ctx context.Context, token, password string) error {
	c, err := d.Tokens.Verify(access.ResetToken, token)
	if err != nil {
		return ErrReset
	}
	u, err := d.Users.ByID(ctx, c.TenantID, c.UserID)
	switch {
	case errors.Is(err, identity.ErrUnknown), err == nil && (markOf(u) != c.Mark || !u.DisabledAt.IsZero()):
		return ErrReset
	case err != nil:
		return err
	}
	err = d.setPassword(ctx, u, password, "", actionReset)
	var known *domain.Error
	if errors.As(err, &known) && known.Kind == domain.Stale {
		return ErrReset // another has just used the token
	}
	if err != nil {
		return fmt.Errorf("reset password: %w", err)
	}
	return nil
}

// markOf is a fingerprint of a user's password, which another password changes.
func markOf(u identity.User) string {
	sum := sha256.Sum256([]byte("football password mark\x00" + u.ID + "\x00" + u.Password))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
