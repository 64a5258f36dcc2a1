package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// starters register what starts each kind of operation, by the kind's name. A
// new kind is a line here, with the wire type of its input below.
var starters = map[string]starter{
	"ingestions":      startsBy[ingestionInputJSON]("ingestion", "Take in what the sources have", "Takes in the seasons that are new or changed, measures the quality of the data and has forecasts published."),
	"retrainings":     startsBy[retrainingInputJSON]("retraining", "Train models", "Trains models, measures them on held-out matches against the champion, and promotes the best when it is not worse."),
	"publications":    startsBy[publicationInputJSON]("publication", "Publish forecasts", "Forecasts every coming fixture with the champion."),
	"settlements":     startsBy[settlementInputJSON]("settlement", "Settle what is over", "Settles forecasts and predictions of matches that are over."),
	"backups":         startsBy[backupInputJSON]("backup", "Back up and verify", "Backs up, restores the backup beside what is live and compares the two. Only then it counts as a backup."),
	"restores":        startsBy[restoreInputJSON]("restore", "Restore the database", "Restores into a fresh database and verifies it; what is live gives way only after another person has approved."),
	"system-restores": startsBy[systemRestoreInputJSON]("system-restore", "Restore the system", "Restores the database, what Redis holds and the files to one moment while the service rests; what does not work afterwards becomes what it was."),
	"cutovers":        startsBy[cutoverInputJSON]("cutover", "Bring a release to users", "Starts a release beside the one that runs, moves requests to it step by step while what clients see is watched, and then all; what serves worse than allowed is taken back at once."),
	"maintenance":     startsBy[maintenanceInputJSON]("maintenance", "Run maintenance", "Runs a checklist, or some steps of it, and keeps a report."),
}

// starter registers what starts operations of a kind.
type starter func(r routes, k operating.Kind, d *operating.Dispatcher, w operationsWire)

type startInput[B any] struct{ Body B }

// startedOutput is the answer to what starts an operation: it goes on.
type startedOutput struct {
	Location string `header:"Location" example:"/api/v1/operations/0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The operation's address."`
	Body     operationJSON
}

// startsBy registers a POST whose body is the input of a kind.
func startsBy[B any](noun, summary, description string) starter {
	return func(r routes, k operating.Kind, d *operating.Dispatcher, w operationsWire) {
		says := description
		if k.Approved {
			says += " It waits for the approval of another person."
		}
		change(r, operation{
			ID: "start-" + noun, Path: operationsPath + "/" + k.Name, Tag: tagOperations, Needs: identity.RunOperations,
			Status: http.StatusAccepted, Repeatable: true, Located: prefix + operationsPath + "/", Summary: summary,
			Description: says + " Asking for the same again while it goes on answers with the one that goes on. " +
				"While Temporal is away the request is kept, answered with 503, and begins when Temporal is back within a quarter of an hour.",
		}, start[B](d, w, k.Name))
	}
}

func start[B any](d *operating.Dispatcher, w operationsWire, kind string) func(context.Context, *startInput[B]) (*startedOutput, error) {
	return func(ctx context.Context, in *startInput[B]) (*startedOutput, error) {
		input, err := json.Marshal(in.Body)
		if err != nil {
			return nil, err
		}
		o, err := d.Start(ctx, operating.Request{Kind: kind, Input: input})
		if err != nil {
			return nil, err
		}
		return &startedOutput{Location: prefix + operationsPath + "/" + o.ID, Body: w.of(o)}, nil
	}
}

type ingestionInputJSON struct {
	Sources       []string `json:"sources,omitempty" nullable:"false" maxItems:"50" example:"[\"openfootball\"]" doc:"Only these sources; all that the worker is configured with when left out."`
	Competitions  []string `json:"competitions,omitempty" nullable:"false" maxItems:"50" example:"[\"premier-league\"]" doc:"Only these competitions, by code; all when left out."`
	SkipForecasts bool     `json:"skip_forecasts,omitempty" doc:"Leave forecasts as they are."`
}

type retrainingInputJSON struct {
	Models        []string `json:"models,omitempty" nullable:"false" maxItems:"50" example:"[\"score-driven\"]" doc:"Only these models; all but the yardstick when left out."`
	Competitions  []string `json:"competitions,omitempty" nullable:"false" maxItems:"50" example:"[\"premier-league\"]" doc:"Train on these competitions only, by code."`
	SkipForecasts bool     `json:"skip_forecasts,omitempty" doc:"Leave forecasts as they are."`
}

type publicationInputJSON struct {
	WithoutChampionDoNothing bool `json:"without_champion_do_nothing,omitempty" doc:"End well when there is no model to publish with, instead of failing."`
}

type settlementInputJSON struct{}

type backupInputJSON struct {
	Kinds []string `json:"kinds,omitempty" nullable:"false" maxItems:"5" enum:"database,redis,application,temporal,temporal-visibility" example:"[\"database\"]" doc:"What to back up; everything that the worker is set up for when left out."`
}

type restoreInputJSON struct {
	Backup  string     `json:"backup,omitempty" maxLength:"100" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The backup to restore, by id, or latest. Say this, at, undo or confirm."`
	At      *time.Time `json:"at,omitempty" example:"2026-08-15T10:00:00Z" doc:"The time as of which the database is to be, where the server archives its log. Say this, backup, undo or confirm."`
	Undo    string     `json:"undo,omitempty" maxLength:"100" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The restore to take back, by id: what was live before is live again."`
	Confirm string     `json:"confirm,omitempty" maxLength:"100" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The restore to make final, by id: what was live before is dropped, once another person has approved."`
	Reason  string     `json:"reason" minLength:"3" maxLength:"500" example:"A migration destroyed predictions." doc:"Why, for the record."`
}

type systemRestoreInputJSON struct {
	Backup string     `json:"backup,omitempty" maxLength:"100" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The backup of the database, by id, or latest. Say this or at. The other parts are put back from their backups nearest to it."`
	At     *time.Time `json:"at,omitempty" example:"2026-08-15T10:00:00Z" doc:"The time as of which the database is to be, where the server archives its log. Say this or backup."`
	Parts  []string   `json:"parts,omitempty" nullable:"false" maxItems:"3" enum:"database,redis,application" example:"[\"database\",\"redis\"]" doc:"What to restore; everything when left out. The database always is."`
	Reason string     `json:"reason" minLength:"3" maxLength:"500" example:"An attacker has changed data." doc:"Why, for the record."`
}

type cutoverInputJSON struct {
	Release     string `json:"release" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._+-]*$" patternDescription:"the name of a release" example:"v1.4.0" doc:"The release, or previous for the one that was live before the one that is."`
	Reason      string `json:"reason,omitempty" maxLength:"500" pattern:"^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$" patternDescription:"text without control characters" example:"The release of this week." doc:"Why, for the record."`
	Approve     bool   `json:"approve,omitempty" doc:"Wait for the approval of another person before users see anything of it."`
	AtOnce      bool   `json:"at_once,omitempty" doc:"Move all requests in one step, as a rollback does."`
	Ramp        []int  `json:"ramp,omitempty" nullable:"false" maxItems:"20" minimum:"1" maximum:"20" example:"[1,5,10]" doc:"How many of the twenty slots lead to the release, step by step."`
	StepSeconds int    `json:"step_seconds,omitempty" minimum:"0" maximum:"86400" example:"60" doc:"How long each step is watched."`
	BakeSeconds int    `json:"bake_seconds,omitempty" minimum:"0" maximum:"86400" example:"300" doc:"How long it is watched once it has all requests, before what ran before is stopped."`
}

type maintenanceInputJSON struct {
	Plan   string   `json:"plan,omitempty" enum:"daily,weekly,monthly" example:"daily" doc:"The checklist; the daily one when left out."`
	Steps  []string `json:"steps,omitempty" nullable:"false" maxItems:"50" example:"[\"table-sizes\"]" doc:"Only these steps of it, by name."`
	DryRun bool     `json:"dry_run,omitempty" doc:"Only say what would be done."`
}
