package operation

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Approve is the action of a statement that says yes.
const Approve = "approve"

// Statement is what a person says about a run that waits: who says what to
// which step of which run, and when. It is worth something only when signed by
// the platform, which has seen who that person is.
type Statement struct {
	Operation  string // UUID
	WorkflowID string
	RunID      string // the first of its chain
	Step       string // what is approved; a run may ask more than once
	Action     string
	Actor      string // a person: "user:" and a UUID
	TenantID   string // the person's
	Nonce      string // UUID, used once
	At         time.Time
}

// Approval is a statement with the platform's signature.
type Approval struct {
	Statement

	Signature []byte
}

// How old a statement may be, and how far the clocks of two servers may differ.
// A statement goes straight from where it is signed to the run it is for.
const (
	StatementLife = 5 * time.Minute
	clockLeeway   = 30 * time.Second
)

// Errors about approvals. Each is about a statement that is worth nothing.
var (
	ErrBare       = &domain.Error{Kind: domain.Invalid, Code: "approval.bare", Detail: "an approval is a signed statement of who approves; approve by POST operations/{id}/approve or footballctl operations approve, which attach one"}
	ErrForged     = &domain.Error{Kind: domain.Forbidden, Code: "approval.forged", Detail: "the signature of the approval does not hold"}
	ErrElsewhere  = &domain.Error{Kind: domain.Forbidden, Code: "approval.elsewhere", Detail: "the approval is of another run, or of another step of this one"}
	ErrExpired    = &domain.Error{Kind: domain.Forbidden, Code: "approval.expired", Detail: "the approval was signed too long ago; approve again"}
	ErrUsed       = &domain.Error{Kind: domain.Conflict, Code: "approval.used", Detail: "the approval was used before"}
	ErrTwice      = &domain.Error{Kind: domain.Conflict, Code: "approval.twice", Detail: "you have approved this already; another person must"}
	ErrSamePerson = &domain.Error{Kind: domain.Forbidden, Code: "approval.same_person", Detail: "whoever asked for an operation cannot approve it; another person must"}
	ErrNoPerson   = &domain.Error{Kind: domain.Forbidden, Code: "approval.no_person", Detail: "only a person who signed in can approve; an API key proves no person"}
)

// personPrefix begins the subject of a person.
const personPrefix = "user:"

// IsPerson reports whether a subject is a person's, which alone can be told
// from another person's.
func IsPerson(subject string) bool {
	return strings.HasPrefix(subject, personPrefix) && len(subject) > len(personPrefix)
}

// Check returns [ErrBare] for a statement or signature that is not whole.
func (a Approval) Check() error {
	for _, text := range []string{a.Operation, a.WorkflowID, a.RunID, a.Step, a.Action, a.TenantID, a.Nonce} {
		if text == "" {
			return ErrBare
		}
	}
	switch {
	case a.At.IsZero() || len(a.Signature) == 0 || a.Action != Approve:
		return ErrBare
	case !IsPerson(a.Actor):
		return ErrNoPerson
	}
	return nil
}

// Fresh returns [ErrExpired] for a statement that was made long ago, or will be.
func (s Statement) Fresh(now time.Time) error {
	if age := now.Sub(s.At); age > StatementLife || age < -clockLeeway {
		return ErrExpired
	}
	return nil
}

// Text is what the signature is of. Each part carries its length, so that no
// two statements look the same.
func (s Statement) Text() []byte {
	var out []byte
	for _, part := range []string{
		"football operation statement 1", s.Operation, s.WorkflowID, s.RunID, s.Step, s.Action, s.Actor, s.TenantID, s.Nonce,
		s.At.UTC().Format(time.RFC3339Nano),
	} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		out = append(out, part...)
	}
	return out
}

// ApprovalsNeeded is how many people must approve what a person asked for: two
// people stand behind each operation. When nobody knows who asked, both must
// be known by approving.
func ApprovalsNeeded(person string) int {
	if IsPerson(person) {
		return 1
	}
	return 2
}
