package core_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
)

// logged writes with a logger of c and returns the lines.
func logged(t *testing.T, c config.Config, write func(*zap.Logger)) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	write(core.NewLogger("api", c, zapcore.AddSync(&out)))
	var lines []map[string]any
	for scan := bufio.NewScanner(&out); scan.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
			t.Fatalf("line %q: %v", scan.Text(), err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestLoggerSaysWhoWrites(t *testing.T) {
	lines := logged(t, config.Config{LogLevel: config.LevelInfo}, func(log *zap.Logger) {
		log.Info("listening", zap.String("request_id", "r1"))
	})
	if len(lines) != 1 {
		t.Fatalf("%d lines, want 1", len(lines))
	}
	for _, field := range []string{"service", "version", "time", "level", "msg", "caller", "request_id"} {
		if text, _ := lines[0][field].(string); text == "" {
			t.Errorf("field %q is missing in %v", field, lines[0])
		}
	}
}

func TestLoggerLevel(t *testing.T) {
	lines := logged(t, config.Config{LogLevel: config.LevelWarn}, func(log *zap.Logger) {
		log.Debug("a")
		log.Info("b")
		log.Warn("c")
		log.Error("d")
	})
	if len(lines) != 2 || lines[0]["msg"] != "c" || lines[1]["msg"] != "d" {
		t.Errorf("at level warn it wrote %v", lines)
	}
}

func TestLoggerSamplesAllButErrors(t *testing.T) {
	const times = 1000
	lines := logged(t, config.Config{LogLevel: config.LevelInfo}, func(log *zap.Logger) {
		for range times {
			log.Info("request")
			log.Error("failure")
		}
	})
	count := make(map[any]int)
	for _, line := range lines {
		count[line["msg"]]++
	}
	if count["failure"] != times {
		t.Errorf("%d of %d errors were logged", count["failure"], times)
	}
	if count["request"] >= times/2 {
		t.Errorf("%d of %d like lines were logged, want a sample", count["request"], times)
	}
}

// A buffer that holds on to errors loses them in a crash.
func TestLoggerFlushesErrors(t *testing.T) {
	var out bytes.Buffer
	buffered := &zapcore.BufferedWriteSyncer{WS: zapcore.AddSync(&out)}
	defer func() { _ = buffered.Stop() }()
	log := core.NewLogger("api", config.Config{LogLevel: config.LevelInfo}, buffered)
	log.Info("waits")
	if out.Len() != 0 {
		t.Fatal("the buffer does not buffer, so this test shows nothing")
	}
	log.Error("goes out")
	if got := bytes.Count(out.Bytes(), []byte("\n")); got != 2 {
		t.Errorf("%d lines after an error, want both", got)
	}
}
