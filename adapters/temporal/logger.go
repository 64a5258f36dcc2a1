package temporal

import (
	"strings"
	"unicode"

	"go.temporal.io/sdk/log"
	"go.uber.org/zap"
)

// logger writes the SDK's lines, which name the workflow and the activity they
// come from, as zap's.
type logger struct{ zap *zap.SugaredLogger }

var (
	_ log.Logger          = logger{}
	_ log.WithLogger      = logger{}
	_ log.WithSkipCallers = logger{}
)

func newLogger(z *zap.Logger) logger {
	return logger{z.Named("temporal").WithOptions(zap.AddCallerSkip(1)).Sugar()}
}

func (l logger) Debug(text string, fields ...any) { l.zap.Debugw(text, named(fields)...) }
func (l logger) Info(text string, fields ...any)  { l.zap.Infow(text, named(fields)...) }
func (l logger) Warn(text string, fields ...any)  { l.zap.Warnw(text, named(fields)...) }
func (l logger) Error(text string, fields ...any) { l.zap.Errorw(text, named(fields)...) }

func (l logger) With(fields ...any) log.Logger { return logger{l.zap.With(named(fields)...)} }

func (l logger) WithCallerSkip(n int) log.Logger {
	return logger{l.zap.WithOptions(zap.AddCallerSkip(n))}
}

// named gives the fields our spelling: WorkflowID becomes workflow_id.
func named(fields []any) []any {
	out := make([]any, len(fields))
	for i, f := range fields {
		if name, ok := f.(string); ok && i%2 == 0 {
			f = snake(name)
		}
		out[i] = f
	}
	return out
}

func snake(name string) string {
	var b strings.Builder
	var last rune
	for _, r := range name {
		if unicode.IsUpper(r) && (unicode.IsLower(last) || unicode.IsDigit(last)) {
			b.WriteByte('_')
		}
		if r == ' ' || r == '-' {
			r = '_'
		}
		b.WriteRune(unicode.ToLower(r))
		last = r
	}
	return b.String()
}
