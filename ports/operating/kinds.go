package operating

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
)

// Kind is a kind of operation: what it is called in addresses, the workflow
// that does it, and what it takes.
type Kind struct {
	Name     string // such as "ingestions"
	Workflow string // the type, as Temporal knows it
	// RunName begins the ids of its runs; footballctl's runs of the same input
	// have the same id, so that the two attach to each other.
	RunName string
	Summary string // what a run is called where runs are listed
	Needs   identity.Permission
	// Approved kinds wait for a second person before they do harm, which those
	// who start one are told. What is asked, and when, is the workflow's.
	Approved bool
	// read validates an input, and returns it as it is kept with the reason
	// that it gives.
	read func(json.RawMessage) (json.RawMessage, string, error)
}

// Kinds are the kinds of operations. A new kind is a line here and its input
// type in inputs.go; the wire type of its input is in adapters/rest.
var Kinds = []Kind{
	{Name: "ingestions", Workflow: "Ingest", RunName: "ingest", Summary: "Take in what is new", read: inputOf[Ingestion]},
	{Name: "retrainings", Workflow: "RetrainModel", RunName: "retrain", Summary: "Train and compare models", read: inputOf[Retraining]},
	{Name: "publications", Workflow: "PublishForecasts", RunName: "publish", Summary: "Forecast all coming fixtures", read: inputOf[Publication]},
	{Name: "settlements", Workflow: "SettleMatches", RunName: "settle", Summary: "Settle what is over", read: inputOf[Settlement]},
	{Name: "backups", Workflow: "BackupThenVerify", RunName: "backup", Summary: "Back up and verify", read: inputOf[Backup]},
	{Name: "restores", Workflow: "RestoreDatabase", RunName: "restore", Summary: "Restore the database", read: inputOf[Restore], Approved: true},
	{Name: "system-restores", Workflow: "RestoreSystem", RunName: "restore-system", Summary: "Restore the system", read: inputOf[SystemRestore], Approved: true},
	{Name: "cutovers", Workflow: "BlueGreenCutover", RunName: "cutover", Summary: "Bring a release to users", read: inputOf[Cutover]},
	{Name: "maintenance", Workflow: "RunMaintenance", RunName: "maintenance", Summary: "Run the maintenance checklist", read: inputOf[Maintenance]},
}

// Served are the kinds whose workflow a build serves. The others are not there:
// an operation that nobody does must not be offered.
func Served(serves func(workflow string) bool) []Kind {
	return slices.DeleteFunc(slices.Clone(Kinds), func(k Kind) bool { return !serves(k.Workflow) })
}

// needs is what a caller must be allowed.
func (k Kind) needs() identity.Permission {
	if k.Needs == "" {
		return identity.RunOperations
	}
	return k.Needs
}

// runID is the id of the run of an input: asking for the same again while it
// goes on is asking for that run.
func (k Kind) runID(input json.RawMessage) string {
	if string(input) == "{}" {
		return k.RunName
	}
	sum := sha256.Sum256(input)
	return k.RunName + "-" + hex.EncodeToString(sum[:4])
}

func find(kinds []Kind, name string) (Kind, error) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		known := make([]string, len(kinds))
		for i, k := range kinds {
			known[i] = k.Name
		}
		return Kind{}, domain.Errorf(domain.Invalid, "operation.kind", "no operations are called %q; there are %s", name, strings.Join(known, ", ")).In("kind")
	}
	return kinds[i], nil
}

// ofWorkflow is the kind that a workflow does.
func ofWorkflow(kinds []Kind, workflow string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Workflow == workflow })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}
