package crypto

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

var _ authenticating.Passwords = (*Passwords)(nil)

// cost is what a hash takes: 19 MiB, two passes, one lane, the first choice of
// OWASP's Password Storage Cheat Sheet.
var cost = parameters{memory: 19 * 1024, passes: 2, lanes: 1}

type parameters struct {
	memory, passes uint32
	lanes          uint8
}

const (
	saltLength = 16
	hashLength = 32
)

// Passwords hashes with argon2id (RFC 9106). Few hashes are made at once and
// few wait: each takes 19 MiB and tens of milliseconds, and sign-in is open to
// anybody.
type Passwords struct {
	running chan struct{}
	waiting chan struct{}
	patient time.Duration
	never   func() string // the hash of a password that nobody knows
}

// errBusy is about more sign-ins at once than the server hashes.
var errBusy = &domain.Error{Kind: domain.Unavailable, Code: "auth.busy", Detail: "too many sign in at this moment; try again shortly"}

// NewPasswords returns Passwords that makes at most so many hashes at once,
// with eight times as many waiting.
func NewPasswords(atOnce int) *Passwords {
	p := &Passwords{running: make(chan struct{}, atOnce), waiting: make(chan struct{}, 9*atOnce), patient: 5 * time.Second}
	p.never = sync.OnceValue(func() string { return hash(rand.Text()) })
	return p
}

// Hash implements [authenticating.Passwords].
func (p *Passwords) Hash(ctx context.Context, password string) (text string, err error) {
	err = p.turn(ctx, func() { text = hash(password) })
	return text, err
}

// Verify implements [authenticating.Passwords].
func (p *Passwords) Verify(ctx context.Context, password, text string) (right, outdated bool, err error) {
	if text == "" {
		text = p.never()
	}
	made, salt, sum, err := parse(text)
	if err != nil {
		return false, false, err
	}
	err = p.turn(ctx, func() {
		right = subtle.ConstantTimeCompare(sum, made.derive(password, salt, len(sum))) == 1
	})
	return right, made != cost, err
}

// turn runs work when it is its turn, or returns [errBusy].
func (p *Passwords) turn(ctx context.Context, work func()) error {
	select {
	case p.waiting <- struct{}{}:
		defer func() { <-p.waiting }()
	default:
		return errBusy
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.patient, errBusy)
	defer cancel()
	select {
	case p.running <- struct{}{}:
		defer func() { <-p.running }()
		work()
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func hash(password string) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	sum := cost.derive(password, salt, hashLength)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.memory, cost.passes, cost.lanes, encode(salt), encode(sum))
}

// derive hashes a password in NFKC, so that it is the same on every keyboard
// (NIST SP 800-63B, 5.1.1.2).
func (p parameters) derive(password string, salt []byte, length int) []byte {
	return argon2.IDKey(norm.NFKC.Bytes([]byte(password)), salt, p.passes, p.memory, p.lanes, uint32(length))
}

// parse reads the PHC string format.
func parse(text string) (p parameters, salt, sum []byte, err error) {
	fields := strings.Split(text, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return p, nil, nil, fmt.Errorf("a stored password is not in the form of argon2id")
	}
	var version int
	if _, err = fmt.Sscanf(fields[2], "v=%d", &version); err == nil && version != argon2.Version {
		err = fmt.Errorf("version %d", version)
	}
	if err == nil {
		_, err = fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes)
	}
	if err == nil {
		salt, err = base64.RawStdEncoding.DecodeString(fields[4])
	}
	if err == nil {
		sum, err = base64.RawStdEncoding.DecodeString(fields[5])
	}
	if err != nil {
		return p, nil, nil, fmt.Errorf("read a stored password: %w", err)
	}
	return p, salt, sum, nil
}
