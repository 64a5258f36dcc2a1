package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// answer is what a command line did.
type answer struct {
	code     int
	out, err string
}

// ctl runs a command line in an environment of its own.
func ctl(t *testing.T, environ []string, args ...string) answer {
	t.Helper()
	var out, errs bytes.Buffer
	p := newProgram(environ, strings.NewReader(""), &out, &errs)
	p.runFile = filepath.Join(t.TempDir(), "none.json")
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	code := p.run(ctx, args)
	return answer{code: code, out: out.String(), err: errs.String()}
}

// succeed runs a command line that must succeed.
func succeed(t *testing.T, environ []string, args ...string) string {
	t.Helper()
	a := ctl(t, environ, args...)
	if a.code != 0 {
		t.Fatalf("footballctl %s: exit code %d\n%s%s", strings.Join(args, " "), a.code, a.out, a.err)
	}
	return a.out
}

// decode reads what --json printed.
func decode[T any](t *testing.T, text string) (value T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("no JSON: %v in %q", err, text)
	}
	return value
}

// write writes a file below dir, with the folders it needs.
func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// league writes two made seasons of a league of ten: teams earlier in the
// alphabet are better. It returns the folder.
func league(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	for _, season := range []int{20, 21} {
		var b strings.Builder
		b.WriteString("Date,HomeTeam,AwayTeam,FTHG,FTAG\n")
		round(&b, season)
		write(t, dir, fmt.Sprintf("%s/season-%d%d.csv", name, season, season+1), b.String())
	}
	return dir
}

func round(w io.Writer, season int) {
	const teams = 10
	day := 0
	for home := range teams {
		for step := 1; step < teams; step++ {
			away := (home + step) % teams
			// 90 matches on 90 days from 1 September.
			month, date := 9+day/28, 1+day%28
			home, away := home, away
			goals := max(0, (away-home)/3+1+day%3)
			fmt.Fprintf(w, "20%d-%02d-%02d,Team %c,Team %c,%d,%d\n", season, month, date, 'A'+home, 'A'+away, goals, max(0, (home-away)/3+day%2))
			day++
		}
	}
}
