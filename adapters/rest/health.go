package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/ports/checking"
)

// registerHealth serves what balancers and operators ask, without credentials.
func registerHealth(a *API, d Dependencies) {
	h := &health{config: d.Config, checks: newRecent(d.Checker, d.Clock), draining: a.draining.Load}
	huma.Register(a.huma, healthOperation("get-health", "/health", "Summarise health",
		"What this server is and how its dependencies are. The status is 503 when a critical one is away."), h.summary)
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

type health struct {
	config   Config
	checks   *recent
	draining func() bool
}

type healthJSON struct {
	Status  string      `json:"status" enum:"ok,degraded,unavailable" example:"ok" doc:"Degraded when a dependency that is not critical is away."`
	Version string      `json:"version" example:"v1.4.0" doc:"The release that runs."`
	Commit  string      `json:"commit" example:"1f2e3d4c5b6a" doc:"The revision it was built from."`
	Checks  []checkJSON `json:"checks" nullable:"false" doc:"The dependencies."`
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
