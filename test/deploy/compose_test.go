// Package deploy_test checks what the platform is deployed with.
package deploy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/football-prediction/football-prediction/adapters/releases"
	"github.com/football-prediction/football-prediction/domain/operation"
)

const root = "../.."

// environment is what an operator must say, and no more.
var environment = []string{"ALLOWED_HOSTS=api.football-prediction.com", "BLUE_VERSION=v1.0.0", "GREEN_VERSION=v1.1.0", "DOCKER_GROUP=998", "PROJECT_DIR=/opt/football/platform"}

// combinations are the ways the files are put together.
var combinations = map[string][]string{
	"development": {},
	"production":  {"prod"},
	"blue":        {"prod", "colours", "blue"},
	"both":        {"prod", "colours", "blue", "green"},
	"watched":     {"prod", "colours", "blue", "green", "monitoring"},
	"cluster":     {"prod", "redis-cluster"},
	"all":         {"prod", "colours", "blue", "green", "monitoring", "redis-cluster"},
}

// project is what Docker Compose itself would read, by its own library.
func project(t *testing.T, overlays []string, environ ...string) (*types.Project, error) {
	t.Helper()
	files := []string{filepath.Join(root, "docker-compose.yml")}
	for _, name := range overlays {
		files = append(files, filepath.Join(root, "deploy/compose", name+".yml"))
	}
	options, err := cli.NewProjectOptions(files, cli.WithWorkingDirectory(root), cli.WithEnv(environ), cli.WithProfiles([]string{"*"}),
		cli.WithResolvedPaths(true), cli.WithInterpolation(true), cli.WithConsistency(true))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

func TestComposeFilesHold(t *testing.T) {
	t.Parallel()
	for name, overlays := range combinations {
		p, err := project(t, overlays, environment...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, s := range p.Services {
			for _, fault := range faults(p, s) {
				t.Errorf("%s: service %s %s", name, s.Name, fault)
			}
		}
	}
}

// faults are what makes a service unfit.
func faults(p *types.Project, s types.ServiceConfig) (all []string) {
	add := func(bad bool, what string) {
		if bad {
			all = append(all, what)
		}
	}
	image := s.Image[strings.LastIndex(s.Image, "/")+1:]
	_, tag, pinned := strings.Cut(image, ":")
	ours := strings.HasPrefix(s.Image, "football-prediction/")
	add(!pinned || tag == "latest" || !ours && !strings.ContainsAny(tag, "."), "has no pinned image: "+s.Image)
	add(s.Deploy == nil || s.Deploy.Resources.Limits == nil || s.Deploy.Resources.Limits.MemoryBytes == 0 || s.Deploy.Resources.Limits.NanoCPUs == 0, "has no limits")
	add(s.Logging == nil || s.Logging.Options["max-size"] == "" || s.Logging.Options["max-file"] == "", "logs without end")
	add(s.Privileged || len(s.SecurityOpt) == 0, "may gain privileges")
	add(ours && (!strings.HasPrefix(s.User, "65532:") || !s.ReadOnly || len(s.CapDrop) == 0), "has rights or a writable root")
	for name, value := range s.Environment {
		secret := strings.Contains(name, "PASSWORD") || strings.Contains(name, "TOKEN") || strings.HasSuffix(name, "SECRET_KEY") || strings.HasSuffix(name, "DATABASE_URL") || name == "REDIS_URL"
		add(secret && !strings.HasSuffix(name, "FILE") && value != nil, "is given the secret "+name+" in its environment")
		if value == nil || !strings.HasPrefix(*value, "/run/secrets/") {
			continue
		}
		given := false
		for _, each := range s.Secrets {
			given = given || each.Source == strings.TrimPrefix(*value, "/run/secrets/")
		}
		add(!given, name+" names a secret that it is not given: "+*value)
	}
	for _, port := range s.Ports {
		add(port.HostIP != "127.0.0.1" && s.Name != "nginx", "listens outside on "+port.Published)
	}
	for _, secret := range s.Secrets {
		_, known := p.Secrets[secret.Source]
		add(!known, "is given an unknown secret "+secret.Source)
	}
	return all
}

// In production only nginx has ports, and what must be said is asked for.
func TestProductionIsClosed(t *testing.T) {
	t.Parallel()
	if _, err := project(t, []string{"prod"}); err == nil || !strings.Contains(err.Error(), "ALLOWED_HOSTS") {
		t.Errorf("without ALLOWED_HOSTS: %v", err)
	}
	p, err := project(t, []string{"prod"}, environment...)
	if err != nil {
		t.Fatal(err)
	}
	if ports := p.Services["api"].Ports; len(ports) != 0 {
		t.Errorf("the API listens on %v", ports)
	}
	if !p.Networks["data"].Internal {
		t.Error("the network of the data leads outside")
	}
	for _, name := range []string{"postgres", "postgres-replica", "redis", "temporal"} {
		if networks := p.Services[name].Networks; len(networks) != 1 || len(p.Services[name].Ports) != 0 {
			t.Errorf("%s is in %v and listens on %v", name, networks, p.Services[name].Ports)
		}
	}
}

// The Dockerfile has each target that a service is built from.
func TestTargetsExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := project(t, combinations["all"], environment...)
	if err != nil {
		t.Fatal(err)
	}
	built := 0
	for _, s := range p.Services {
		if s.Build == nil {
			continue
		}
		built++
		if !strings.Contains(string(text), " AS "+s.Build.Target+"\n") {
			t.Errorf("%s is built from %q, which the Dockerfile lacks", s.Name, s.Build.Target)
		}
	}
	if built < 6 {
		t.Errorf("only %d services are built", built)
	}
}

// Who may talk to Docker may do anything: only the worker that releases does, and
// only where releases are brought by Compose.
func TestOnlyTheReleaserTalksToDocker(t *testing.T) {
	t.Parallel()
	for name, overlays := range combinations {
		p, err := project(t, overlays, environment...)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Services {
			for _, v := range s.Volumes {
				if strings.HasSuffix(v.Source, "docker.sock") && (s.Name != "worker-operations" || !slices.Contains(overlays, "colours")) {
					t.Errorf("%s: %s may talk to Docker", name, s.Name)
				}
			}
		}
	}
}

// A cutover's commands name files, services and images that there are; nginx and
// the colours meet at the sockets of the slots.
func TestComposeIsAskedForServicesThatThereAre(t *testing.T) {
	dir := t.TempDir()
	asked := filepath.Join(dir, "asked")
	script := "#!/bin/sh\necho \"VERSION=$VERSION BLUE=$BLUE_VERSION GREEN=$GREEN_VERSION $*\" >> " + asked + "\ncase \"$*\" in\n*worker:v3*) echo 'No such image' >&2; exit 1 ;;\n*'run --rm'*) [ $VERSION != v2 ] || { echo 'lock timeout' >&2; exit 1; } ;;\nesac\n"
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	platform, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	d := &releases.Compose{Project: platform, Environment: append([]string{"PATH=" + os.Getenv("PATH")}, environment[0])}
	for what, err := range map[string]error{
		"migrate": d.Migrate(t.Context(), "v1"), "start": d.Start(t.Context(), operation.Green, "v1"), "stop": d.Stop(t.Context(), operation.Blue),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := d.Start(t.Context(), operation.Green, "v3"); err == nil || !strings.Contains(err.Error(), "release v3 is not here: no image football-prediction/worker:v3") {
		t.Errorf("error %v", err)
	}
	if err := d.Migrate(t.Context(), "v2"); err == nil || !strings.Contains(err.Error(), "the migrations of v2 fail: lock timeout") {
		t.Errorf("error %v", err)
	}
	text, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	p, err := project(t, []string{"prod", "colours", "blue", "green"}, environment...)
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if words[3] != "compose" {
			continue
		}
		commands++
		for i, word := range words {
			_, exists := p.Services[word]
			switch {
			case words[i-min(i, 1)] == "--file":
				if _, err := os.Stat(word); err != nil {
					t.Error(err)
				}
			case strings.HasSuffix(word, "-blue") || strings.HasSuffix(word, "-green") || word == "migrate":
				if !exists {
					t.Errorf("there is no service %s: %s", word, line)
				}
			}
		}
		if strings.Contains(line, "/green.yml") && !strings.Contains(line, "GREEN=v") || strings.Contains(line, "/blue.yml") && !strings.Contains(line, "BLUE=none") {
			t.Errorf("it says no release: %s", line)
		}
	}
	if commands != 5 {
		t.Errorf("it was asked\n%s", text)
	}
	for _, colour := range []string{"blue", "green"} {
		api := p.Services["api-"+colour]
		if at := *api.Environment["HTTP_ADDR"]; at != "unix:/run/football/"+colour+".sock" || len(api.Ports) != 0 {
			t.Errorf("the API of %s listens at %s and %v", colour, at, api.Ports)
		}
		for _, s := range []types.ServiceConfig{api, p.Services["nginx"], p.Services["worker-operations"]} {
			if !slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool {
				return v.Source == "/run/football" && v.Target == "/run/football"
			}) {
				t.Errorf("%s sees no sockets", s.Name)
			}
		}
	}
}
