package releases

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var _ releasing.Driver = (*Compose)(nil)

// Compose runs releases as services of Docker Compose: api-blue and worker-blue
// of the images that bear the release's name, api-green and worker-green beside
// them. Images must be on the machine: nothing is fetched while users wait.
type Compose struct {
	Project     string   // the folder of docker-compose.yml
	Environment []string // what the files ask for, such as ALLOWED_HOSTS
}

// stopSeconds is more than our programs take at most to drain.
const stopSeconds = "30"

func composeServices(c operation.Colour) []string {
	return []string{"worker-" + string(c), "api-" + string(c)}
}

// Start implements [releasing.Driver]. A service that runs the image already is
// left alone by Compose.
func (d *Compose) Start(ctx context.Context, c operation.Colour, release string) error {
	if err := d.has(ctx, release, "worker", "api"); err != nil {
		return err
	}
	args := append([]string{"up", "--detach", "--no-deps", "--no-build", "--pull", "never"}, composeServices(c)...)
	out, err := d.compose(ctx, c, release, args...)
	return composeError(ctx, args[0], out, err)
}

// Stop implements [releasing.Driver].
func (d *Compose) Stop(ctx context.Context, c operation.Colour) error {
	for _, args := range [][]string{{"stop", "--timeout", stopSeconds}, {"rm", "--force"}} {
		args = append(args, composeServices(c)...)
		if out, err := d.compose(ctx, c, "none", args...); err != nil {
			return composeError(ctx, args[0], out, err)
		}
	}
	return nil
}

// Migrate implements [releasing.Driver].
func (d *Compose) Migrate(ctx context.Context, release string) error {
	if err := d.has(ctx, release, "ctl"); err != nil {
		return err
	}
	out, err := d.compose(ctx, "", release, "run", "--rm", "--no-deps", "--pull", "never", "migrate")
	if err != nil && ctx.Err() == nil {
		return domain.Errorf(domain.Conflict, releasing.ErrSchema.Code, "the migrations of %s fail: %s", release, lastLine(out, err))
	}
	return err
}

// has is nil when the images of a release are on this machine.
func (d *Compose) has(ctx context.Context, release string, targets ...string) error {
	for _, target := range targets {
		image := "football-prediction/" + target + ":" + release
		if out, err := d.docker(ctx, nil, "image", "inspect", "--format", "{{.Id}}", image); err != nil {
			return domain.Errorf(domain.NotFound, "release.missing", "release %s is not here: no image %s: %s", release, image, lastLine(out, err))
		}
	}
	return nil
}

// compose runs Docker Compose on the files of production and of a colour, whose
// images, like those of tools, are of a release.
func (d *Compose) compose(ctx context.Context, c operation.Colour, release string, args ...string) ([]byte, error) {
	all := []string{"compose", "--project-directory", d.Project}
	for _, file := range composeFiles(c) {
		all = append(all, "--file", filepath.Join(d.Project, file))
	}
	versions := []string{"VERSION=" + release}
	if c != "" {
		versions = append(versions, strings.ToUpper(string(c))+"_VERSION="+release)
	}
	return d.docker(ctx, versions, append(all, args...)...)
}

func composeFiles(c operation.Colour) []string {
	files := []string{"docker-compose.yml", "deploy/compose/prod.yml", "deploy/compose/colours.yml"}
	if c != "" {
		files = append(files, "deploy/compose/"+string(c)+".yml")
	}
	return files
}

func (d *Compose) docker(ctx context.Context, versions []string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "docker", args...)
	command.Env = append(append([]string{}, d.Environment...), versions...)
	return command.CombinedOutput()
}

func composeError(ctx context.Context, what string, out []byte, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return domain.Errorf(domain.Unavailable, "release.compose", "docker compose %s: %s", what, lastLine(out, err))
}
