package modelling

import (
	"context"
	"errors"
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
)

// Decision is what became of a candidate.
type Decision struct {
	Version  string
	Promoted bool
	Reason   string // whole sentence for a person
}

// worse is by how much a candidate's RPS may exceed the champion's and still
// count as not worse: rounding, nothing else.
const worse = 1e-12

// Decide promotes version when its evaluation is not worse than the
// champion's on the same matches; the first champion must beat the base rates.
func (t *Trainer) Decide(ctx context.Context, version string) (Decision, error) {
	entry, err := t.registry.Get(ctx, version)
	if err != nil {
		return Decision{}, fmt.Errorf("get model %s: %w", version, err)
	}
	if entry.Champion {
		return Decision{Version: version, Promoted: true, Reason: "It is the champion already."}, nil
	}
	champion, err := t.registry.Champion(ctx)
	if err != nil && !errors.Is(err, ErrNoChampion) {
		return Decision{}, fmt.Errorf("find champion: %w", err)
	}
	d := judge(entry, champion.Version)
	if !d.Promoted {
		return d, nil
	}
	err = t.registry.Promote(ctx, Promotion{
		Version: version, Previous: champion.Version, At: t.calendar(), By: "retraining", Reason: d.Reason,
	})
	if errors.Is(err, ErrOvertaken) {
		return Decision{Version: version, Reason: "Another model became champion during the evaluation; that choice stands."}, nil
	}
	if err != nil {
		return Decision{}, fmt.Errorf("promote %s: %w", version, err)
	}
	return d, nil
}

func judge(candidate Entry, champion string) Decision {
	d := Decision{Version: candidate.Version}
	e := candidate.Evaluation
	switch {
	case e == nil:
		d.Reason = "It has not been evaluated."
	case champion == "":
		d.Promoted = e.Scores.Matches == 0 || e.Scores.RPS.Mean <= e.Baseline.RPS.Mean
		d.Reason = fmt.Sprintf("No champion yet; RPS %.4f against %.4f of the base rates over %d matches.",
			e.Scores.RPS.Mean, e.Baseline.RPS.Mean, e.Scores.Matches)
	case e.Against != champion:
		d.Reason = fmt.Sprintf("It was evaluated against %q, but the champion is now %s.", e.Against, champion)
	default:
		d.Promoted = e.Difference.Mean <= worse
		d.Reason = fmt.Sprintf("RPS %.4f, %+.5f ± %.5f against champion %s over %d matches.",
			e.Scores.RPS.Mean, e.Difference.Mean, e.Difference.StdErr, champion, e.Scores.Matches)
	}
	return d
}

// Promoter lets people change the champion by hand.
type Promoter struct {
	registry    Registry
	republisher Republisher
	now         domain.Clock
}

// Republisher has forecasts published.
type Republisher interface {
	// PublishSoon sees to it that the champion's forecasts take the place of
	// its predecessor's. It does not wait for them and returns no error: a
	// promotion stands although the scheduler is away, and the next scheduled
	// publication makes up for it.
	PublishSoon(ctx context.Context, champion string)
}

// NewPromoter returns a Promoter.
func NewPromoter(registry Registry, republisher Republisher, now domain.Clock) *Promoter {
	return &Promoter{registry: registry, republisher: republisher, now: now}
}

// Promote makes version the champion. The caller needs the scope
// [identity.RunOperations].
func (p *Promoter) Promote(ctx context.Context, version, reason string) (Entry, error) {
	who, err := operator(ctx)
	if err != nil {
		return Entry{}, err
	}
	return p.change(ctx, Promotion{Version: version, By: who, Reason: reason})
}

// Rollback makes the former champion the champion again.
func (p *Promoter) Rollback(ctx context.Context, reason string) (Entry, error) {
	who, err := operator(ctx)
	if err != nil {
		return Entry{}, err
	}
	former, err := p.registry.Former(ctx)
	if err != nil {
		return Entry{}, err
	}
	return p.change(ctx, Promotion{Version: former, By: who, Reason: reason, Rollback: true})
}

func (p *Promoter) change(ctx context.Context, to Promotion) (Entry, error) {
	champion, err := p.registry.Champion(ctx)
	if err != nil && !errors.Is(err, ErrNoChampion) {
		return Entry{}, fmt.Errorf("find champion: %w", err)
	}
	to.Previous, to.At = champion.Version, p.now()
	if err := p.registry.Promote(ctx, to); err != nil {
		return Entry{}, fmt.Errorf("promote %s: %w", to.Version, err)
	}
	p.republisher.PublishSoon(ctx, to.Version)
	return p.registry.Get(ctx, to.Version)
}

func operator(ctx context.Context) (string, error) {
	p, err := access.From(ctx)
	if err != nil {
		return "", err
	}
	return p.Subject, p.Require(identity.RunOperations)
}
