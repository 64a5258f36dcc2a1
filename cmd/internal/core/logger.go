package core

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// Of each message below error, the first hundred a second are logged and then
// every hundredth. Errors are all logged.
const (
	sampledFirst = 100
	sampledThen  = 100
)

// NewLogger returns a logger of JSON lines that each say which service and
// version wrote them.
func NewLogger(service string, c config.Config, out zapcore.WriteSyncer) *zap.Logger {
	least := level(c.LogLevel)
	encoder := zapcore.NewJSONEncoder(encoding())
	below := zap.LevelEnablerFunc(func(l zapcore.Level) bool { return l >= least && l < zapcore.ErrorLevel })
	errors := zap.LevelEnablerFunc(func(l zapcore.Level) bool { return l >= least && l >= zapcore.ErrorLevel })
	lines := zapcore.NewCore(encoder, out, below)
	if !c.Debug {
		lines = zapcore.NewSamplerWithOptions(lines, time.Second, sampledFirst, sampledThen)
	}
	both := zapcore.NewTee(lines, zapcore.NewCore(encoder, atOnce{out}, errors))
	return zap.New(both, zap.AddCaller(), zap.AddStacktrace(zapcore.DPanicLevel)).
		With(zap.String("service", service), zap.String("version", buildinfo.Version()))
}

// atOnce keeps errors from waiting in a buffer that a crash would lose.
type atOnce struct{ zapcore.WriteSyncer }

func (w atOnce) Write(line []byte) (int, error) {
	n, err := w.WriteSyncer.Write(line)
	if err != nil {
		return n, err
	}
	return n, w.Sync()
}

func level(l config.Level) zapcore.Level {
	parsed, err := zapcore.ParseLevel(string(l))
	if err != nil {
		return zapcore.InfoLevel
	}
	return parsed
}

func encoding() zapcore.EncoderConfig {
	e := zap.NewProductionEncoderConfig()
	e.TimeKey = "time"
	e.EncodeTime = func(t time.Time, out zapcore.PrimitiveArrayEncoder) {
		out.AppendString(t.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	e.EncodeDuration = zapcore.SecondsDurationEncoder
	return e
}
