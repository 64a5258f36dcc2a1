// Package releases runs releases of our own programs on this machine, each in a
// colour: as plain processes, or as units of systemd.
package releases

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

// Layout is where things are.
type Layout struct {
	Releases string // a folder for each release, with its programs in bin
	State    string // sockets, and what is known of processes
	Settings string // COLOUR.env: variables of a colour, a line each
}

// Socket is where the API of a colour listens.
func (l Layout) Socket(c operation.Colour) string {
	return filepath.Join(l.State, string(c)+".sock")
}

// Slots is the folder of nginx's slots.
func (l Layout) Slots() string { return filepath.Join(l.State, "slots") }

// program is the path of a program of a release, which must be there.
func (l Layout) program(release, name string) (string, error) {
	path := filepath.Join(l.Releases, release, "bin", name)
	about, err := os.Stat(path)
	if err != nil || about.IsDir() || about.Mode().Perm()&0o111 == 0 {
		return "", domain.Errorf(domain.NotFound, "release.missing", "release %s is not here: there is no program %s", release, path)
	}
	return path, nil
}

// settings are the variables of a colour; a colour may have none.
func (l Layout) settings(c operation.Colour) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(l.Settings, string(c)+".env"))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(name, "#") {
			all = append(all, line)
		}
	}
	return all, nil
}

// migrate runs the migrations of a release by its own footballctl.
func (l Layout) migrate(ctx context.Context, release string, environment []string) error {
	path, err := l.program(release, "footballctl")
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, path, "migrate", "up")
	command.Env = environment
	if out, err := command.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return domain.Errorf(domain.Conflict, releasing.ErrSchema.Code, "the migrations of %s fail: %s", release, lastLine(out, err))
	}
	return nil
}

// lastLine is what a program said last, or how it ended.
func lastLine(out []byte, err error) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return fmt.Sprint(err)
}
