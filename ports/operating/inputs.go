package operating

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// Input is what an operation is asked to do. Its JSON is what is kept and what
// its workflow is given, so it has names for its fields, which never change.
type Input interface {
	// Validate returns an error of kind [domain.Invalid] about what cannot be
	// asked.
	Validate() error
}

// reasoned is an input that says why.
type reasoned interface{ because() string }

// Ingestion takes in what the sources have; all of it without any field.
type Ingestion struct {
	Sources       []string `json:"sources,omitempty"`
	Competitions  []string `json:"competitions,omitempty"` // codes
	SkipForecasts bool     `json:"skip_forecasts,omitempty"`
}

// Validate implements [Input].
func (i Ingestion) Validate() error {
	return errors.Join(names("sources", i.Sources), names("competitions", i.Competitions))
}

// Retraining trains models and promotes the best when it is not worse.
type Retraining struct {
	Models        []string `json:"models,omitempty"`
	Competitions  []string `json:"competitions,omitempty"` // codes
	SkipForecasts bool     `json:"skip_forecasts,omitempty"`
}

// Validate implements [Input].
func (r Retraining) Validate() error {
	return errors.Join(names("models", r.Models), names("competitions", r.Competitions))
}

// Publication forecasts all coming fixtures.
type Publication struct {
	WithoutChampionDoNothing bool `json:"without_champion_do_nothing,omitempty"`
}

// Validate implements [Input].
func (Publication) Validate() error { return nil }

// Settlement settles what is over.
type Settlement struct{}

// Validate implements [Input].
func (Settlement) Validate() error { return nil }

// Backup backs up and verifies; everything without any field.
type Backup struct {
	Kinds []string `json:"kinds,omitempty"` // see [BackupKinds]
}

// BackupKinds are what can be backed up, RestoreParts what a system restore puts
// back.
var (
	BackupKinds  = []string{"database", "redis", "application", "temporal", "temporal-visibility"}
	RestoreParts = BackupKinds[:3]
)

// Validate implements [Input].
func (b Backup) Validate() error { return among("kinds", b.Kinds, BackupKinds) }

// Restore restores the database from one backup, or as it was at a time; or it
// takes a restore back, or makes it final.
type Restore struct {
	Backup  string     `json:"backup,omitempty"` // id, or latest
	At      *time.Time `json:"at,omitempty"`
	Undo    string     `json:"undo,omitempty"`    // id of a restore
	Confirm string     `json:"confirm,omitempty"` // id of a restore
	Reason  string     `json:"reason"`
}

// Validate implements [Input].
func (r Restore) Validate() error {
	said := 0
	for _, is := range []bool{r.Backup != "", r.At != nil, r.Undo != "", r.Confirm != ""} {
		if is {
			said++
		}
	}
	if said != 1 {
		return domain.Errorf(domain.Invalid, "operation.input",
			"say one of these: which backup, or at which time the database is to be as it was, or which restore to undo or to confirm").In("backup")
	}
	for field, value := range map[string]string{"backup": r.Backup, "undo": r.Undo, "confirm": r.Confirm} {
		if value != "" {
			if err := names(field, []string{value}); err != nil {
				return err
			}
		}
	}
	return reason(r.Reason)
}

func (r Restore) because() string { return r.Reason }

// SystemRestore restores all parts of the system.
type SystemRestore struct {
	Backup string     `json:"backup,omitempty"` // of the database: id, or latest
	At     *time.Time `json:"at,omitempty"`
	Parts  []string   `json:"parts,omitempty"` // see [RestoreParts]; all when empty
	Reason string     `json:"reason"`
}

// Validate implements [Input].
func (r SystemRestore) Validate() error {
	return errors.Join(Restore{Backup: r.Backup, At: r.At, Reason: r.Reason}.Validate(), among("parts", r.Parts, RestoreParts))
}

func (r SystemRestore) because() string { return r.Reason }

// Cutover brings a release to users, or goes back to the one before.
type Cutover struct {
	Release     string `json:"release"` // a name, or previous
	Reason      string `json:"reason,omitempty"`
	Approve     bool   `json:"approve,omitempty"`
	AtOnce      bool   `json:"at_once,omitempty"`
	Ramp        []int  `json:"ramp,omitempty"` // slots, step by step
	StepSeconds int    `json:"step_seconds,omitempty"`
	BakeSeconds int    `json:"bake_seconds,omitempty"`
}

// The bounds of a cutover.
const (
	mostSteps   = 20
	mostSeconds = 24 * 60 * 60
)

// Validate implements [Input].
func (c Cutover) Validate() error {
	if err := operation.CheckRelease(c.Release); err != nil {
		return err
	}
	for n, slots := range c.Ramp {
		if slots < 1 || n > 0 && slots <= c.Ramp[n-1] || n >= mostSteps {
			return domain.Errorf(domain.Invalid, "operation.input", "a ramp is at most %d rising numbers of slots, such as 1, 5, 10", mostSteps).In("ramp")
		}
	}
	for field, seconds := range map[string]int{"step_seconds": c.StepSeconds, "bake_seconds": c.BakeSeconds} {
		if seconds < 0 || seconds > mostSeconds {
			return domain.Errorf(domain.Invalid, "operation.input", "say 1 to %d seconds", mostSeconds).In(field)
		}
	}
	if c.Reason != "" {
		return reason(c.Reason)
	}
	return nil
}

func (c Cutover) because() string { return c.Reason }

// Maintenance runs a checklist, or some steps of it; the daily one without any
// field.
type Maintenance struct {
	Plan   string   `json:"plan,omitempty"` // see [MaintenancePlans]
	Steps  []string `json:"steps,omitempty"`
	DryRun bool     `json:"dry_run,omitempty"`
}

// MaintenancePlans are the checklists.
var MaintenancePlans = []string{"daily", "weekly", "monthly"}

// Validate implements [Input].
func (m Maintenance) Validate() error {
	var plan error
	if m.Plan != "" {
		plan = among("plan", []string{m.Plan}, MaintenancePlans)
	}
	return errors.Join(plan, names("steps", m.Steps))
}

// inputOf reads JSON into T, and refuses what T has no field for. What comes
// back is canonical: two inputs that say the same are the same text.
func inputOf[T Input](raw json.RawMessage) (json.RawMessage, string, error) {
	var in T
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = json.RawMessage(`{}`)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&in)
	if err == nil && decoder.More() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, "", domain.Errorf(domain.Invalid, "operation.input", "the input cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if err := in.Validate(); err != nil {
		return nil, "", first(err)
	}
	canonical, err := json.Marshal(in)
	if err != nil {
		return nil, "", fmt.Errorf("write input: %w", err)
	}
	why := ""
	if r, ok := any(in).(reasoned); ok {
		why = r.because()
	}
	return canonical, why, nil
}

// first is the first of joined errors, since a caller mends one after another
// anyway and each names its field.
func first(err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return known
	}
	return err
}

// The bounds of lists and names of inputs.
const (
	mostNames = 50
	mostName  = 100
)

func names(field string, all []string) error {
	if len(all) > mostNames {
		return domain.Errorf(domain.Invalid, "operation.input", "name at most %d", mostNames).In(field)
	}
	for _, name := range all {
		if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > mostName || !printable(name) {
			return domain.Errorf(domain.Invalid, "operation.input", "a name has 1 to %d characters, without control characters", mostName).In(field)
		}
	}
	return nil
}

func among(field string, all, known []string) error {
	for _, one := range all {
		if !slices.Contains(known, one) {
			return domain.Errorf(domain.Invalid, "operation.input", "%q is none of %s", one, strings.Join(known, ", ")).In(field)
		}
	}
	return names(field, all)
}

// The bounds of a reason, in characters.
const (
	leastReason = 3
	mostReason  = 500
)

func reason(text string) error {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	if n < leastReason || n > mostReason || !printable(text) {
		return domain.Errorf(domain.Invalid, "operation.reason", "say why, in %d to %d characters", leastReason, mostReason).In("reason")
	}
	return nil
}

func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}
