package releases

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var _ releasing.Driver = (*Systemd)(nil)

// Systemd runs releases as the units in deploy/systemd, which start what the
// links Releases/blue and Releases/green lead to.
type Systemd struct {
	Layout

	Environment []string // of migrations
}

func units(c operation.Colour) []string {
	return []string{"football-worker@" + string(c), "football-api@" + string(c)}
}

// Start implements [releasing.Driver].
func (s *Systemd) Start(ctx context.Context, c operation.Colour, release string) error {
	for _, name := range []string{"api", "worker"} {
		if _, err := s.program(release, name); err != nil {
			return err
		}
	}
	link := filepath.Join(s.Releases, string(c))
	if leads, err := os.Readlink(link); err == nil && leads == release && systemctl(ctx, append([]string{"is-active", "--quiet"}, units(c)...)...) == nil {
		return nil
	}
	fresh := link + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(release, fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, link); err != nil {
		return err
	}
	return systemctl(ctx, append([]string{"restart"}, units(c)...)...)
}

// Stop implements [releasing.Driver].
func (s *Systemd) Stop(ctx context.Context, c operation.Colour) error {
	return systemctl(ctx, append([]string{"stop"}, units(c)...)...)
}

// Migrate implements [releasing.Driver].
func (s *Systemd) Migrate(ctx context.Context, release string) error {
	return s.migrate(ctx, release, s.Environment)
}

func systemctl(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "systemctl", args...).CombinedOutput()
	if err != nil {
		return domain.Errorf(domain.Unavailable, "release.systemd", "systemctl %s: %s", args[0], lastLine(out, err))
	}
	return nil
}
