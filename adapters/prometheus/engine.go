package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/checking"
)

var (
	queueLabels    = []string{"queue"}
	scheduleLabels = []string{"schedule"}
	pollersDesc    = prom.NewDesc("task_queue_pollers", "Workers that asked a task queue for work within the last two minutes.", queueLabels, nil)
	backlogDesc    = prom.NewDesc("task_queue_backlog", "Tasks that wait in a task queue, about.", queueLabels, nil)
	backlogAgeDesc = prom.NewDesc("task_queue_backlog_age_seconds", "How long the oldest task of a queue has waited.", queueLabels, nil)
	missedDesc     = prom.NewDesc("schedule_missed_total", "Runs of a schedule that were due while Temporal was away for too long.", scheduleLabels, nil)
	skippedDesc    = prom.NewDesc("schedule_skipped_total", "Runs of a schedule that were due while the one before went on.", scheduleLabels, nil)
	pausedDesc     = prom.NewDesc("schedule_paused", "1 while a schedule is paused.", scheduleLabels, nil)
)

// Engine shows task queues and schedules. It belongs in a process that is not a
// worker: a worker that has gone cannot say so.
type Engine struct {
	queues     *latest[[]checking.Queue]
	timetables *latest[[]checking.Timetable]
}

// NewEngine returns an Engine that is in r and read by f.
func NewEngine(r prom.Registerer, f *Refresher, engine checking.Engine) *Engine {
	e := &Engine{
		queues:     refreshed(f, "task_queues", refreshEvery, engine.Queues),
		timetables: refreshed(f, "schedules", refreshEvery, engine.Timetables),
	}
	r.MustRegister(e)
	return e
}

// Describe implements [prom.Collector].
func (*Engine) Describe(out chan<- *prom.Desc) {
	for _, d := range []*prom.Desc{pollersDesc, backlogDesc, backlogAgeDesc, missedDesc, skippedDesc, pausedDesc} {
		out <- d
	}
}

// Collect implements [prom.Collector].
func (e *Engine) Collect(out chan<- prom.Metric) {
	for _, q := range e.queues.get() {
		show(out, pollersDesc, float64(q.Pollers), q.Name)
		show(out, backlogDesc, float64(q.Waiting), q.Name)
		show(out, backlogAgeDesc, q.Oldest.Seconds(), q.Name)
	}
	for _, t := range e.timetables.get() {
		count(out, missedDesc, float64(t.Missed), t.ID)
		count(out, skippedDesc, float64(t.Skipped), t.ID)
		show(out, pausedDesc, float64(bit(t.Paused)), t.ID)
	}
}
