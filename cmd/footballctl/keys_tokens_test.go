package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/ports/authenticating"
)

// age makes what the file tells older.
func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Split(string(text), "=")
	for i := 1; i < len(fields); i++ {
		at, err := time.Parse(time.RFC3339, fields[i][:len("2026-11-24T12:00:00Z")])
		if err != nil {
			t.Fatal(err)
		}
		fields[i] = at.Add(-by).Format(time.RFC3339) + fields[i][len("2026-11-24T12:00:00Z"):]
	}
	if err := os.WriteFile(path, []byte(strings.Join(fields, "=")), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheSecretOfTokensIsExchangedFromTheCommandLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	environ := []string{"JWT_SECRET_KEY_FILE=" + path}
	succeed(t, nil, "keys", "generate", "--tokens", "--out", path)
	rotate := func(step ...string) []string { return append([]string{"keys", "rotate", "--tokens"}, step...) }
	refused := func(says string, args ...string) {
		t.Helper()
		if a := ctl(t, environ, args...); a.code != exitFailure || !strings.Contains(a.err, says) {
			t.Errorf("%v: exit %d, %s; want %q", args, a.code, a.err, says)
		}
	}
	list := func() []secretJSON {
		t.Helper()
		return decode[[]secretJSON](t, succeed(t, environ, "keys", "list", "--tokens", "--json"))
	}
	refused("no secret waits", rotate("--promote")...)
	added := decode[secretJSON](t, succeed(t, environ, append(rotate(), "--json")...))
	refused("put it in front with --promote", rotate()...)
	refused("wait until", rotate("--promote")...)
	refused("none can be taken out", rotate("--retire")...)
	age(t, path, 3*time.Minute)
	if out := succeed(t, environ, rotate("--promote")...); !strings.Contains(out, added.ID) || !strings.Contains(out, "31 days") {
		t.Errorf("it says %q", out)
	}
	refused("sign people out", rotate("--retire")...)
	age(t, path, authenticating.LongestToken)
	refused("sign people out", rotate("--retire")...)
	age(t, path, 3*time.Minute)
	if all := list(); len(all) != 2 || all[0].ID != added.ID || !all[0].Signs || all[1].Replaced == nil {
		t.Errorf("it lists %+v", all)
	}
	succeed(t, environ, rotate("--retire")...)
	if all := list(); len(all) != 1 || all[0].ID != added.ID {
		t.Errorf("it lists %+v", all)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Fields(strings.Split(string(text), "\n")[2])[0]
	if out := succeed(t, environ, "keys", "list", "--tokens"); strings.Contains(out, secret) || !strings.Contains(out, "signs new tokens") {
		t.Errorf("it shows %q", out)
	}
}

func TestTokenStepsThatMakeNoSense(t *testing.T) {
	for says, args := range map[string][]string{
		"of --tokens":   {"keys", "rotate", "--promote"},
		"one at a time": {"keys", "rotate", "--tokens", "--promote", "--retire"},
	} {
		if a := ctl(t, nil, args...); a.code != exitUsage || !strings.Contains(a.err, says) {
			t.Errorf("%v: exit %d, %s", args, a.code, a.err)
		}
	}
	if a := ctl(t, []string{"JWT_SECRET_KEY=x"}, "keys", "rotate", "--tokens"); a.code != exitFailure || !strings.Contains(a.err, "JWT_SECRET_KEY_FILE is not set") {
		t.Errorf("exit %d, %s", a.code, a.err)
	}
}
