package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"
)

// Workflows counts runs that have ended.
type Workflows struct{ runs *prom.CounterVec }

// NewWorkflows returns a Workflows whose metric is in r.
func NewWorkflows(r prom.Registerer) *Workflows {
	w := &Workflows{runs: prom.NewCounterVec(prom.CounterOpts{
		Name: "workflow_runs_total", Help: "Runs that have ended here, by workflow type and outcome.",
	}, []string{"workflow", "outcome"})}
	r.MustRegister(w.runs)
	return w
}

// Expect begins the counters of workflow types at zero: the first failure would
// otherwise be no increase of anything.
func (w *Workflows) Expect(types, outcomes []string) {
	for _, workflow := range types {
		for _, outcome := range outcomes {
			w.runs.WithLabelValues(workflow, outcome)
		}
	}
}

// Ended counts a run of a registered workflow type. outcome is one of a few
// words, such as completed or failed.
func (w *Workflows) Ended(workflow, outcome string) { w.runs.WithLabelValues(workflow, outcome).Inc() }
