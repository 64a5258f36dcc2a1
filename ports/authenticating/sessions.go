package authenticating

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Refresh exchanges a refresh token for the next pair of tokens.
//
// A token says which generation of its session it is. The current one is good
// once: it makes the next. The one before may be sent again for half a minute
// as long as its successor was not used, which gives that successor again: the
// first answer was lost, or two requests crossed. Any other is a token that was
// used before, so two parties have it, and one of them stole it: the session
// ends for both (RFC 9700, 4.14.2).
func (d *Desk) Refresh(ctx context.Context, token string) (Pass, error) {
	c, err := d.Tokens.Verify(access.RefreshToken, token)
	if err != nil {
		return Pass{}, ErrSession
	}
	var (
		s      Session
		reused bool
	)
	err = d.Unit.Within(ctx, c.TenantID, func(ctx context.Context) error {
		if s, err = d.Sessions.Lock(ctx, c.TenantID, c.Session); err != nil {
			return err
		}
		now := d.Now()
		switch age := s.Generation - c.Generation; {
		case !s.EndedAt.IsZero(), now.Sub(s.RotatedAt) > idleLife:
			return ErrSession
		case age == 0:
			s.Generation, s.RotatedAt = s.Generation+1, now
			return d.Sessions.Rotate(ctx, s, now)
		case age == 1 && now.Sub(s.RotatedAt) <= retryWithin:
			return nil
		}
		reused = true
		return d.endFamily(ctx, s, c.Generation, now)
	})
	if err != nil {
		return Pass{}, err
	}
	if reused {
		return Pass{}, ErrSession
	}
	return d.renew(ctx, s)
}

func (d *Desk) endFamily(ctx context.Context, s Session, generation int, now time.Time) error {
	if err := d.Sessions.End(ctx, s.TenantID, s.ID, Reused, now); err != nil {
		return err
	}
	return d.Recorder.Record(ctx, auditing.Event{
		TenantID: s.TenantID, Action: actionFamilyEnded, Target: "session:" + s.ID, Outcome: auditing.Refused,
		Details: map[string]string{"generation": strconv.Itoa(generation), "current": strconv.Itoa(s.Generation)},
	})
}

// renew makes the tokens of a session for its user as he is now.
func (d *Desk) renew(ctx context.Context, s Session) (Pass, error) {
	u, err := d.Users.ByID(ctx, s.TenantID, s.UserID)
	if err != nil || !u.DisabledAt.IsZero() {
		return Pass{}, errors.Join(ErrSession, err)
	}
	return d.pass(s, tenancy.Tenant{ID: s.TenantID}, u)
}

// SignOut ends the caller's session, or all of his.
func (d *Desk) SignOut(ctx context.Context, all bool) error {
	p, err := person(ctx)
	if err != nil {
		return err
	}
	return d.Unit.Within(ctx, p.TenantID, func(ctx context.Context) error {
		if all {
			err = d.Sessions.EndAll(ctx, p.TenantID, p.UserID, "", SignedOut, d.Now())
		} else {
			err = d.Sessions.End(ctx, p.TenantID, p.Session, SignedOut, d.Now())
		}
		if err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		return d.Recorder.Record(ctx, auditing.Event{
			TenantID: p.TenantID, Action: actionSignedOut, Target: p.Subject, Outcome: auditing.Done,
			Details: map[string]string{"all": strconv.FormatBool(all)},
		})
	})
}
