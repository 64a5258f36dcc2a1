package operation

import (
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
)

// Plan is a checklist of maintenance, named for how often it is worked through.
type Plan string

// The plans.
const (
	Daily   Plan = "daily"
	Weekly  Plan = "weekly"
	Monthly Plan = "monthly"
)

// Plans are all plans, the most frequent first.
var Plans = []Plan{Daily, Weekly, Monthly}

// ParsePlan returns the plan that text names; nothing names the daily one.
func ParsePlan(text string) (Plan, error) {
	if text == "" {
		return Daily, nil
	}
	if p := Plan(text); slices.Contains(Plans, p) {
		return p, nil
	}
	return "", domain.Errorf(domain.Invalid, "maintenance.plan", "%q is no plan of maintenance; say daily, weekly or monthly", text).In("plan")
}

// Step is one thing to do or to look at. Its name is what an operator types.
type Step struct {
	Name    string
	Title   string
	About   string // what it does, as a whole sentence
	Changes bool   // it changes something, which a dry run leaves
}

// checklists are the steps of each plan, in the order they are taken. What
// looks stands before what changes, and what frees space before what measures.
var checklists = map[Plan][]Step{
	Daily: {
		{Name: "health", Title: "Health", About: "Asks everything that the system stands on whether it answers."},
		{Name: "errors", Title: "Errors", About: "Sums up a day's failed requests, failed runs and refusals."},
		{Name: "resources", Title: "Resources", About: "Looks at the worker's machine and at the database's connections, transactions and age."},
		{Name: "backups", Title: "Backups", About: "Looks when each kind of data was last backed up and verified."},
		{Name: "business", Title: "Business figures", About: "Tells how many use the platform, and how good data and forecasts are."},
		{Name: "sizes", Title: "Sizes", About: "Notes how large database, tables and disk are, for the trend.", Changes: true},
	},
	Weekly: {
		{Name: "logs", Title: "Old logs", About: "Removes rotated logs that are older than 30 days or too many.", Changes: true},
		{Name: "expired", Title: "Expired sessions and tokens", About: "Removes sessions, failed attempts, answers and usage that count no longer.", Changes: true},
		{Name: "security", Title: "Security findings", About: "Lists what the week's audit events say about attacks and refusals."},
		{Name: "addresses", Title: "Suspicious addresses", About: "Lists networks that fail to sign in on many accounts."},
		{Name: "permissions", Title: "Permissions", About: "Lists who may do much, and accounts and keys that nobody uses or that never end."},
		{Name: "updates", Title: "System updates", About: "Lists the updates that the worker's machine waits for."},
		{Name: "performance", Title: "Performance", About: "Compares the week's times and rates with those of the weeks before.", Changes: true},
	},
	Monthly: {
		{Name: "tables", Title: "Tables", About: "Lists the largest tables, their indexes and what is dead in them."},
		{Name: "indexes", Title: "Indexes", About: "Lists indexes that are bloated, unused, doubled or invalid."},
		{Name: "leftovers", Title: "Left-over indexes", About: "Drops invalid indexes that a killed build left behind.", Changes: true},
		{Name: "reindex", Title: "Bloated indexes", About: "Rebuilds bloated indexes, one by one, while everybody goes on.", Changes: true},
		{Name: "vacuum", Title: "Vacuum", About: "Vacuums and analyses the tables that need it, one by one.", Changes: true},
		{Name: "queries", Title: "Slow queries", About: "Lists the statements that take the most time."},
		{Name: "retention", Title: "Expired data", About: "Removes what each tenant's retention says is over.", Changes: true},
		{Name: "dependencies", Title: "Dependencies", About: "Lists the modules in this program, and their known vulnerabilities."},
		{Name: "capacity", Title: "Capacity", About: "Draws how sizes have grown and says when the disk is full."},
	},
}

// Checklist returns the steps of a plan, in order.
func Checklist(p Plan) []Step { return slices.Clone(checklists[p]) }

// Choose returns the named steps of a plan in the plan's order, or all when
// none is named.
func Choose(p Plan, names []string) ([]Step, error) {
	all := Checklist(p)
	if len(names) == 0 {
		return all, nil
	}
	known := make([]string, len(all))
	for i, s := range all {
		known[i] = s.Name
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, domain.Errorf(domain.Invalid, "maintenance.step", "the %s plan has no step %q; it has %s", p, name, strings.Join(known, ", ")).In("steps")
		}
	}
	return slices.DeleteFunc(all, func(s Step) bool { return !slices.Contains(names, s.Name) }), nil
}

// FindStep returns the step of that name, of whichever plan it is.
func FindStep(name string) (Step, Plan, bool) {
	for _, p := range Plans {
		for _, s := range checklists[p] {
			if s.Name == name {
				return s, p, true
			}
		}
	}
	return Step{}, "", false
}
