package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/checking"
)

// registerHealth serves what balancers and operators ask, without credentials.
func registerHealth(a *API, d Dependencies) {
	h := &health{config: d.Config, checks: newRecent(d.Checker, d.Clock), routine: d.Routine, draining: a.draining.Load}
	summary := healthOperation("get-health", "/health", "Summarise health",
		"What this server is and how its dependencies are. The status is 503 when a critical one is away. Operators who send "+
			"their credential also see what was done last: backups, data, and who serves which queue.")
	summary.Middlewares = huma.Middlewares{perhapsAuthenticated(a.huma, d.Authenticator, d.Log)}
	huma.Register(a.huma, summary, h.summaryForOperators)
	huma.Register(a.huma, healthOperation("get-liveness", "/health/live", "Tell that the process lives",
		"Answers whenever the process can answer at all; it asks no dependency."), h.live)
	huma.Register(a.huma, healthOperation("get-readiness", "/health/ready", "Tell whether requests may be sent here",
		"Answers 503 while a critical dependency is away or the server is being stopped."), h.ready)
}

func healthOperation(id, path, summary, description string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{tagHealth},
		Summary: summary, Description: description,
		Errors: []int{http.StatusServiceUnavailable}, Security: []map[string][]string{},
	}
}

// perhapsAuthenticated lets those through who send no credential; one that is
// sent has to be good.
func perhapsAuthenticated(api huma.API, authenticator *access.Authenticator, log *zap.Logger) func(huma.Context, func(huma.Context)) {
	known := authenticated(api, authenticator, log)
	return func(ctx huma.Context, next func(huma.Context)) {
		if ctx.Header(keyField) == "" && ctx.Header(tokenHeader) == "" {
			next(ctx)
			return
		}
		known(ctx, next)
	}
}

type health struct {
	config   Config
	checks   *recent
	routine  *checking.Routine
	draining func() bool
}

type healthJSON struct {
	Status  string      `json:"status" enum:"ok,degraded,unavailable" example:"ok" doc:"Degraded when a dependency that is not critical is away."`
	Version string      `json:"version" example:"v1.4.0" doc:"The release that runs."`
	Commit  string      `json:"commit" example:"1f2e3d4c5b6a" doc:"The revision it was built from."`
	Checks  []checkJSON `json:"checks" nullable:"false" doc:"The dependencies."`
	Routine []factJSON  `json:"routine,omitempty" doc:"What was done last; for operators alone."`
}

type factJSON struct {
	Name    string `json:"name" example:"backup of database" doc:"What is told of."`
	Value   string `json:"value" example:"verified, as of 5 h ago (2026-03-01T02:00:00Z)" doc:"How it is, for a person."`
	Verdict string `json:"verdict" enum:"fine,warning,wrong" example:"fine" doc:"What that means."`
	Remedy  string `json:"remedy,omitempty" example:"footballctl backup create --kind database" doc:"What to do; left out when all is well."`
}

func toFact(f checking.Fact) factJSON {
	out := factJSON{Name: f.Name, Value: f.Value, Verdict: "fine", Remedy: f.Remedy}
	if f.Verdict != checking.Fine {
		out.Verdict = string(f.Verdict)
	}
	return out
}

type checkJSON struct {
	Name      string  `json:"name" example:"postgres" doc:"The dependency."`
	Critical  bool    `json:"critical" example:"true" doc:"Whether requests cannot be served without it."`
	Status    string  `json:"status" enum:"up,down" example:"up" doc:"Whether it answers."`
	LatencyMS float64 `json:"latency_ms" minimum:"0" example:"0.84" doc:"How long the answer took, in milliseconds."`
	Message   string  `json:"message,omitempty" example:"it did not answer in time" doc:"What is wrong; left out when nothing is."`
}

func toCheck(r checking.Result) checkJSON {
	c := checkJSON{Name: r.Name, Critical: r.Critical, Status: "up", LatencyMS: float64(r.Latency.Microseconds()) / 1000}
	if r.Err != nil {
		c.Status, c.Message = "down", whyDown(r.Err)
	}
	return c
}

// whyDown says no more than a stranger may know: errors of drivers name hosts
// and users.
func whyDown(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return "it did not answer in time"
	}
	return "it cannot be reached or refuses"
}

func (h *health) state(ctx context.Context) healthJSON {
	results := h.checks.check(ctx)
	out := healthJSON{Status: "ok", Version: h.config.Version, Commit: h.config.Commit, Checks: make([]checkJSON, len(results))}
	for i, r := range results {
		out.Checks[i] = toCheck(r)
		if r.Err != nil {
			out.Status = "degraded"
		}
	}
	if !checking.Ready(results) || h.draining() {
		out.Status = "unavailable"
	}
	return out
}

// healthOutput is never cached: yesterday's health helps nobody.
type healthOutput struct {
	CacheControl string `header:"Cache-Control" doc:"Always no-store." hidden:"true"`
	Body         healthJSON
}

func (h *health) summary(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	out := &healthOutput{CacheControl: keepNothing, Body: h.state(ctx)}
	if out.Body.Status == "unavailable" {
		return nil, h.problem(out.Body)
	}
	return out, nil
}

// summaryForOperators adds what only they may know. What cannot be found out is
// left out: that its server is away is among the checks.
func (h *health) summaryForOperators(ctx context.Context, in *struct{}) (*healthOutput, error) {
	out, err := h.summary(ctx, in)
	if _, not := access.Allowed(ctx, identity.RunOperations); not != nil || err != nil {
		return out, err
	}
	facts, _ := h.routine.Facts(ctx)
	for _, f := range facts {
		out.Body.Routine = append(out.Body.Routine, toFact(f))
	}
	return out, nil
}

type liveJSON struct {
	Status string `json:"status" enum:"ok" example:"ok" doc:"Always ok."`
}

type liveOutput struct {
	CacheControl string `header:"Cache-Control" hidden:"true"`
	Body         liveJSON
}

func (h *health) live(context.Context, *struct{}) (*liveOutput, error) {
	return &liveOutput{CacheControl: keepNothing, Body: liveJSON{Status: "ok"}}, nil
}

func (h *health) ready(ctx context.Context, in *struct{}) (*healthOutput, error) {
	return h.summary(ctx, in)
}

// problem names what is away.
func (h *health) problem(state healthJSON) error {
	if h.draining() {
		return problem(http.StatusServiceUnavailable, "server.stopping", "this server is being stopped")
	}
	p := problem(http.StatusServiceUnavailable, "dependency.unavailable", "a dependency that requests cannot be served without is away")
	for _, c := range state.Checks {
		if c.Status == "down" {
			p.Errors = append(p.Errors, &huma.ErrorDetail{Location: c.Name, Message: c.Message})
		}
	}
	return p
}
