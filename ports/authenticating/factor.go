package authenticating

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Factor is a user's second factor.
type Factor struct {
	TenantID, UserID string
	Secret           string
	Confirmed        bool
	LastStep         int64 // of the last code that was used: none is good twice
}

// Factors keeps second factors.
type Factors interface {
	// Set keeps a factor that is not confirmed, in place of another such.
	Set(ctx context.Context, f Factor) error
	// Get returns a user's factor, or [ErrNoFactor].
	Get(ctx context.Context, tenantID, userID string) (Factor, error)
	// Use marks a step as used, and the factor as confirmed; false when that
	// step or a later one was used before.
	Use(ctx context.Context, f Factor, step int64) (bool, error)
	// SetRecovery keeps the hashes of recovery codes in place of all others.
	SetRecovery(ctx context.Context, f Factor, hashes [][]byte) error
	// UseRecovery takes a recovery code out; false when it is not there.
	UseRecovery(ctx context.Context, f Factor, hash []byte) (bool, error)
	// Remove takes a factor and its recovery codes away.
	Remove(ctx context.Context, tenantID, userID string) error
}

// The actions that are audited here.
const (
	actionFactorSet      = "totp.confirmed"
	actionFactorRemoved  = "totp.removed"
	actionRecoveryUsed   = "totp.recovery_used"
	recoveryCodes        = 10
	recoveryLength       = 16
	recoveryCodesShownAs = 4
)

// Errors about second factors.
var (
	ErrNoFactor  = &domain.Error{Kind: domain.NotFound, Code: "totp.unknown", Detail: "no second factor is set up"}
	ErrHasFactor = &domain.Error{Kind: domain.Conflict, Code: "totp.exists", Detail: "a second factor is set up already; remove it first"}
	errBadCode   = &domain.Error{Kind: domain.Invalid, Code: "totp.wrong", Detail: "the code is wrong or was used; wait for the next", Field: "code"}
)

// checkFactor lets pass whose second factor is right, or who has none.
func (d *Desk) checkFactor(ctx context.Context, u identity.User, code string) error {
	f, err := d.Factors.Get(ctx, u.TenantID, u.ID)
	switch {
	case errors.Is(err, ErrNoFactor), err == nil && !f.Confirmed:
		return nil
	case err != nil:
		return err
	}
	code = strings.NewReplacer(" ", "", "-", "").Replace(code)
	if step, ok := d.Codes.Step(f.Secret, code, d.Now()); ok {
		if fresh, err := d.Factors.Use(ctx, f, step); err != nil || fresh {
			return err
		}
		return ErrCode
	}
	sum := sha256.Sum256([]byte(strings.ToUpper(code)))
	used, err := d.Factors.UseRecovery(ctx, f, sum[:])
	switch {
	case err != nil:
		return err
	case !used:
		return ErrCode
	}
	return d.Recorder.Record(ctx, auditing.Event{TenantID: u.TenantID, Action: actionRecoveryUsed, Target: u.Subject(), Outcome: auditing.Done})
}

// Enrolment is a second factor to be set up.
type Enrolment struct {
	Secret  string // to be typed into an app
	Address string // otpauth://…, to be shown as a QR code
}

// Enrol makes a second factor for the caller, which holds once it is confirmed.
func (d *Desk) Enrol(ctx context.Context) (Enrolment, error) {
	p, err := person(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	f, err := d.Factors.Get(ctx, p.TenantID, p.UserID)
	if err == nil && f.Confirmed {
		return Enrolment{}, ErrHasFactor
	}
	if err != nil && !errors.Is(err, ErrNoFactor) {
		return Enrolment{}, err
	}
	u, err := d.Users.ByID(ctx, p.TenantID, p.UserID)
	if err != nil {
		return Enrolment{}, err
	}
	secret, address, err := d.Codes.New(p.Tenant + "/" + u.Email)
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Secret: secret, Address: address}, d.Factors.Set(ctx, Factor{TenantID: p.TenantID, UserID: p.UserID, Secret: secret})
}

// Confirm makes the caller's second factor hold, once he shows that his app
// makes its codes, and returns recovery codes, which are shown this once.
func (d *Desk) Confirm(ctx context.Context, code string) (recovery []string, err error) {
	p, err := person(ctx)
	if err != nil {
		return nil, err
	}
	f, err := d.Factors.Get(ctx, p.TenantID, p.UserID)
	if err == nil && f.Confirmed {
		err = ErrHasFactor
	}
	if err != nil {
		return nil, err
	}
	if err := d.slow(ctx, f, "confirm"); err != nil {
		return nil, err
	}
	step, ok := d.Codes.Step(f.Secret, code, d.Now())
	if !ok {
		return nil, errBadCode
	}
	recovery, hashes := newRecovery()
	err = d.Unit.Within(ctx, p.TenantID, func(ctx context.Context) error {
		if fresh, err := d.Factors.Use(ctx, f, step); err != nil || !fresh {
			return errors.Join(err, errBadCode)
		}
		if err := d.Factors.SetRecovery(ctx, f, hashes); err != nil {
			return err
		}
		return d.Recorder.Record(ctx, auditing.Event{TenantID: p.TenantID, Action: actionFactorSet, Target: p.Subject, Outcome: auditing.Done})
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// Unenrol takes the caller's second factor away, which takes his password and
// a code.
func (d *Desk) Unenrol(ctx context.Context, password, code string) error {
	p, err := person(ctx)
	if err != nil {
		return err
	}
	u, err := d.Users.ByID(ctx, p.TenantID, p.UserID)
	if err != nil {
		return err
	}
	f, err := d.Factors.Get(ctx, p.TenantID, p.UserID)
	if err != nil {
		return err
	}
	if err := d.slow(ctx, f, "remove"); err != nil {
		return err
	}
	right, _, err := d.Passwords.Verify(ctx, password, u.Password)
	if err != nil {
		return err
	}
	if !right {
		return domain.Errorf(domain.Invalid, "password.wrong", "the password is wrong").In("password")
	}
	if err := d.checkFactor(ctx, u, code); errors.Is(err, ErrCode) {
		return errBadCode
	} else if err != nil {
		return err
	}
	return d.Unit.Within(ctx, p.TenantID, func(ctx context.Context) error {
		if err := d.Factors.Remove(ctx, p.TenantID, p.UserID); err != nil {
			return err
		}
		return d.Recorder.Record(ctx, auditing.Event{TenantID: p.TenantID, Action: actionFactorRemoved, Target: p.Subject, Outcome: auditing.Done})
	})
}

// slow bounds how often codes are tried: six digits are few.
func (d *Desk) slow(ctx context.Context, f Factor, what string) error {
	a := Attempt{TenantID: f.TenantID, Account: "totp " + f.UserID, Network: what, At: d.Now()}
	left, err := d.Attempts.Begin(ctx, a, func(t Tally) time.Duration { return Wait(t, a.At) })
	if err == nil && left > 0 {
		err = slowed(left)
	}
	return err
}

// newRecovery makes recovery codes of 80 random bits, in groups of four.
func newRecovery() (codes []string, hashes [][]byte) {
	for range recoveryCodes {
		code := rand.Text()[:recoveryLength]
		sum := sha256.Sum256([]byte(code))
		hashes = append(hashes, sum[:])
		var groups []string
		for i := 0; i < len(code); i += recoveryCodesShownAs {
			groups = append(groups, code[i:i+recoveryCodesShownAs])
		}
		codes = append(codes, strings.Join(groups, "-"))
	}
	return codes, hashes
}
