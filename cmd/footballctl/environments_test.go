package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// example reads an example of an environment, with its secrets from dir.
func example(t *testing.T, name, dir string) (environ []string) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/env/" + name + ".env.example")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			environ = append(environ, strings.ReplaceAll(line, "deploy/secrets", dir))
		}
	}
	return environ
}

// The examples are valid with the secrets that make-secrets.sh makes, and
// production takes nobody else's.
func TestExamplesOfEnvironmentsAreValid(t *testing.T) {
	dir := t.TempDir()
	program, secrets := filepath.Join(dir, "footballctl"), filepath.Join(dir, "secrets")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for range 2 { // the second time, what is there is kept
		cmd := exec.CommandContext(t.Context(), "../../deploy/scripts/make-secrets.sh", secrets)
		cmd.Env = append(os.Environ(), "FOOTBALLCTL="+program)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	for name, asProduction := range map[string]bool{"development": false, "test": false, "staging": true, "production": true} {
		environ := example(t, name, secrets)
		if out := succeed(t, environ, "check", "config"); !strings.Contains(out, name) {
			t.Errorf("%s: %s", name, out)
		}
		if a := ctl(t, environ, "check", "config", "--env", "production"); (a.code == 0) != asProduction {
			t.Errorf("%s as production: code %d, %s", name, a.code, a.err)
		}
	}
}
