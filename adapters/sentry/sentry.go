// Package sentry reports what goes wrong to Sentry, or to whatever speaks its
// protocol. It owns what of a log line may leave the house: the message, the
// error without what could be a secret, and names of things, never their
// contents.
package sentry

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	sdk "github.com/getsentry/sentry-go"
	"go.uber.org/zap/zapcore"

	"github.com/football-prediction/football-prediction/domain"
)

// Config says where reports go, and of what.
type Config struct {
	DSN                           string
	Service, Version, Environment string
}

// Reporter is where errors that are logged go too. It is a [zapcore.Core].
type Reporter struct {
	zapcore.LevelEnabler

	client *sdk.Client
	now    domain.Clock
	fields []zapcore.Field
	pace   *pace
}

const (
	flushTimeout = 3 * time.Second
	// again is when the same message is reported again: a database that is away
	// fails each request, and one report says as much as a million.
	again = time.Minute
	// mostMessages bounds what is remembered; beyond it nothing is reported until
	// some are old.
	mostMessages = 200
)

// New returns a Reporter. It dials nothing. The error is about a DSN that is none.
func New(c Config, now domain.Clock) (*Reporter, error) {
	client, err := sdk.NewClient(sdk.ClientOptions{
		Dsn: c.DSN, Release: "football-prediction@" + c.Version, Environment: c.Environment, ServerName: c.Service,
		MaxErrorDepth: 1, Integrations: func([]sdk.Integration) []sdk.Integration { return nil },
	})
	if err != nil {
		return nil, fmt.Errorf("SENTRY_DSN: %s", scrub(err.Error())) // what it quotes is the DSN
	}
	return &Reporter{LevelEnabler: zapcore.ErrorLevel, client: client, now: now, pace: &pace{last: make(map[string]time.Time)}}, nil
}

// With implements [zapcore.Core].
func (r *Reporter) With(fields []zapcore.Field) zapcore.Core {
	with := *r
	with.fields = append(slices.Clip(r.fields), fields...)
	return &with
}

// Check implements [zapcore.Core].
func (r *Reporter) Check(e zapcore.Entry, c *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if r.Enabled(e.Level) {
		return c.AddCore(e, r)
	}
	return c
}

// Write implements [zapcore.Core]. It never waits for the network.
func (r *Reporter) Write(e zapcore.Entry, fields []zapcore.Field) error {
	if r.pace.allows(e.Message, r.now()) {
		r.client.CaptureEvent(event(e, append(slices.Clip(r.fields), fields...)), nil, nil)
	}
	return nil
}

// Sync implements [zapcore.Core]. It waits for nobody, as the log is synced at
// each error.
func (*Reporter) Sync() error { return nil }

// Stop sends what waits, for some seconds.
func (r *Reporter) Stop() { r.client.Flush(flushTimeout) }

// told are the fields that are reported: names and numbers of things.
var told = []string{
	"service", "version", "request_id", "trace_id", "TraceID", "route", "method", "status", "operation", "queue",
	"Namespace", "TaskQueue", "WorkflowType", "WorkflowID", "RunID", "ActivityType", "ActivityID", "Attempt",
}

// failures are the fields that say what went wrong.
var failures = []string{"error", "Error", "panic"}

func event(e zapcore.Entry, fields []zapcore.Field) *sdk.Event {
	out := sdk.NewEvent()
	out.Level, out.Logger, out.Timestamp, out.Message = sdk.LevelError, e.LoggerName, e.Time, scrub(e.Message)
	out.Fingerprint = []string{e.Message}
	values := zapcore.NewMapObjectEncoder()
	for _, f := range fields {
		f.AddTo(values)
	}
	for _, name := range told {
		if value, ok := values.Fields[name]; ok {
			out.Tags[name] = scrub(fmt.Sprint(value))
		}
	}
	for _, name := range failures {
		if value, ok := values.Fields[name]; ok {
			out.Exception = []sdk.Exception{{Type: out.Message, Value: scrub(fmt.Sprint(value))}}
		}
	}
	if e.Caller.Defined {
		out.Tags["caller"] = e.Caller.TrimmedPath()
	}
	return out
}

// secrets are what a text of an error may quote: passwords in addresses,
// tokens, keys, addresses of mail, and the values that PostgreSQL names.
var secrets = regexp.MustCompile(`(?i)//[^/@\s]*@` +
	`|\bfp_live_\w+|\beyJ[\w-]+\.[\w.-]+|\b(bearer|basic)\s+\S+|\b(password|secret|token|api_?key|dsn)["']?\s*[=:]\s*\S+` +
	`|[\w.+-]+@[\w-]+\.[\w.-]+|\)=\([^)]*\)`)

// longest is what is told of one text.
const longest = 1000

func scrub(text string) string {
	text = secrets.ReplaceAllString(text, "[…]")
	return text[:min(len(text), longest)]
}

// pace lets each message through once in a while.
type pace struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (p *pace) allows(message string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last, known := p.last[message]; known && now.Sub(last) < again {
		return false
	}
	if len(p.last) >= mostMessages {
		for m, at := range p.last {
			if now.Sub(at) >= again {
				delete(p.last, m)
			}
		}
		if len(p.last) >= mostMessages {
			return false
		}
	}
	p.last[message] = now
	return true
}
