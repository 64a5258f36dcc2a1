// Package operating lets operators start, watch, approve and abort what runs
// for long. Which kinds of operations there are stands in one table, [Kinds];
// what a kind does is its workflow's. What was asked, by whom, and what became
// of it is kept here, since whoever runs workflows forgets them after a while.
package operating

import (
	"encoding/json"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Status is where an operation stands.
type Status string

// The statuses. All but the first two are ends.
const (
	Requested  Status = "requested" // kept, and not started yet
	Running    Status = "running"
	Completed  Status = "completed"
	Failed     Status = "failed"
	Aborted    Status = "aborted"
	Canceled   Status = "canceled"
	Terminated Status = "terminated"
	TimedOut   Status = "timed_out"
	NotStarted Status = "not_started" // given up before it began
)

// Statuses are all statuses.
var Statuses = []Status{Requested, Running, Completed, Failed, Aborted, Canceled, Terminated, TimedOut, NotStarted}

// Ended reports whether s is an end.
func (s Status) Ended() bool { return s != Requested && s != Running }

// Operation is a run that an operator may watch.
type Operation struct {
	ID         string // UUIDv7
	Kind       string
	Workflow   string
	WorkflowID string
	RunID      string // the first of its chain; empty until it is started
	Input      json.RawMessage
	Reason     string
	// RequestedBy is who asked, as records know them: a subject, or where a run
	// came from that was not asked for here, see [FromTemporal].
	RequestedBy string
	// Person is the person behind the request, whom no approval may be of. It is
	// empty when nobody knows.
	Person      string
	RequestedAt time.Time

	Seen      Sight
	SeenAt    time.Time
	Live      bool // Seen is of this moment
	Approvals []Approved
}

// Sight is what can be seen of a run.
type Sight struct {
	RunID     string // the first of its chain
	LatestRun string
	Operation string // the operation that it was started for, if any
	Status    Status
	StartedAt time.Time // zero: it did not start
	EndedAt   time.Time // zero: it goes on
	Outcome   string    // why it did not complete
	Result    json.RawMessage

	// The rest is there only while it runs.
	Progress   *Progress
	Awaiting   *Awaiting
	Activities []Activity
}

// Progress says how far a run is. Total is zero while nobody knows it.
type Progress struct {
	Step        string
	Done, Total int
	Message     string
}

// Awaiting is what a run waits for people to approve.
type Awaiting struct {
	Step     string
	Question string
	Approved []string // who has approved it
	Missing  int      // how many more must; zero when nobody knows yet
}

// Activity is a step that is under way or about to be tried again.
type Activity struct {
	Name    string
	Attempt int
	Failure string // of the last attempt
}

// Approved is an approval that was used.
type Approved struct {
	Actor string
	Step  string
	At    time.Time
}

// Where a run came from that was not asked for here.
const (
	FromTemporal = "temporal"  // its web interface or command line, or footballctl ingest and its like
	FromSchedule = "schedule:" // and the schedule's id
	FromWorkflow = "workflow:" // and the id of the run that left it
)

// Errors of this package.
var (
	ErrUnknown     = &domain.Error{Kind: domain.NotFound, Code: "operation.unknown", Detail: "there is no such operation"}
	ErrEnded       = &domain.Error{Kind: domain.Conflict, Code: "operation.ended", Detail: "the operation has ended"}
	ErrNotBegun    = &domain.Error{Kind: domain.Conflict, Code: "operation.not_begun", Detail: "the operation has not begun yet"}
	ErrNotAwaiting = &domain.Error{Kind: domain.Conflict, Code: "operation.nothing_to_approve", Detail: "the operation does not wait for an approval"}
	ErrWaiting     = (&domain.Error{Kind: domain.Unavailable, Code: "operation.waiting"}).After(retryAfter)
	ErrAway        = (&domain.Error{Kind: domain.Unavailable, Code: "operation.temporal_away", Detail: "Temporal, or a worker that serves the operation, does not answer; try again shortly"}).After(retryAfter)
	// ErrNoRun is of an [Engine] that has no such run (any more).
	ErrNoRun = &domain.Error{Kind: domain.NotFound, Code: "operation.no_run", Detail: "Temporal has no such run"}
)

const retryAfter = 5 * time.Second
