package history

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// startServer starts a Temporal server with dynamic configuration, which the
// harness's has no need of, and returns its address.
func startServer(t *testing.T, settings ...string) string {
	t.Helper()
	path, err := devserver.FindTemporal("")
	if err != nil {
		t.Fatal(err)
	}
	port, err := devserver.FreePort(0)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{
		"server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", strconv.Itoa(port),
		"--db-filename", filepath.Join(t.TempDir(), "temporal.db"), "--log-level", "error",
	}
	for _, name := range devserver.SearchAttributes() {
		args = append(args, "--search-attribute", name+"=Keyword")
	}
	for _, s := range settings {
		args = append(args, "--dynamic-config-value", s)
	}
	server := exec.CommandContext(t.Context(), path, args...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Wait() }) // the end of the test's context kills it
	return "127.0.0.1:" + strconv.Itoa(port)
}

// silent keeps the SDK from reporting that a server isn't up yet.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
