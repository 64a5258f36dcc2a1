package detecting

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

// Names tells whom findings are about. A finding has nothing but a hash; what
// it is of is looked for in the audit log, where it is sealed, and where it is
// gone once somebody's data are erased.
type Names struct {
	events *auditing.Reader
	hasher Hasher
}

// NewNames returns Names.
func NewNames(events *auditing.Reader, hasher Hasher) *Names {
	return &Names{events: events, hasher: hasher}
}

const (
	// mostEvents is how many refused sign-ins are looked at for one finding.
	mostEvents = 1_000
	// around is how much earlier than a finding its first failures can be: as
	// many as make it one were needed.
	around = 24 * time.Hour
)

// Of returns the e-mail address or the network that f is about, or "" when the
// audit log no longer tells.
func (n *Names) Of(ctx context.Context, f Finding) (string, error) {
	refused, err := n.events.Of(ctx, f.TenantID, auditing.Filter{
		Action: authenticating.ActionRefused, From: f.FirstSeen.Add(-around), To: f.LastSeen.Add(time.Minute),
	}, 0, mostEvents)
	if err != nil {
		return "", fmt.Errorf("look for the subject of finding %s: %w", f.ID, err)
	}
	for _, event := range refused {
		email, err := identity.NormaliseEmail(event.Personal["email"])
		if err != nil {
			email = "" // as whoever counted it did
		}
		network := authenticating.NetworkOf(event.Personal["address"])
		account, from := n.hasher.Hashes(authenticating.Attempt{TenantID: f.TenantID, Account: email, Network: network})
		switch {
		case f.Kind == BruteForce && string(account) == string(f.Subject):
			return email, nil
		case f.Kind == SuspiciousAddress && string(from) == string(f.Subject):
			return network, nil
		}
	}
	return "", nil
}
