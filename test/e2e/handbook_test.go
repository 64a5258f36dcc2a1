package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/test/harness"
)

// block is what a fence of the handbook holds.
type block struct {
	host     bool // it needs what a test machine lacks
	commands []string
}

var (
	handbookFence = regexp.MustCompile("(?ms)^ *```sh( host)?\n(.*?)^ *```")
	heading       = regexp.MustCompile(`(?m)^#+ `)
)

// blocks are those of a handbook, without comments, a command a line.
func blocks(t *testing.T, file string) (all []block) {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range handbookFence.FindAllStringSubmatch(string(text), -1) {
		b := block{host: found[1] != ""}
		for line := range strings.Lines(strings.ReplaceAll(found[2], "\\\n", " ")) {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				b.commands = append(b.commands, line)
			}
		}
		all = append(all, b)
	}
	return all
}

// Both languages have the same chapters and the same commands.
func TestHandbooksSayTheSame(t *testing.T) {
	t.Parallel()
	type shape struct {
		Headings []string
		Blocks   []block
	}
	var shapes []shape
	for _, file := range []string{"handbook.md", "handbook.zh.md"} {
		text, err := os.ReadFile("../../docs/" + file)
		if err != nil {
			t.Fatal(err)
		}
		shapes = append(shapes, shape{heading.FindAllString(string(text), -1), blocks(t, file)})
	}
	if diff := cmp.Diff(shapes[0], shapes[1], cmp.AllowUnexported(block{})); diff != "" {
		t.Errorf("English to Chinese: %s", diff)
	}
	if len(shapes[0].Blocks) < 30 {
		t.Errorf("only %d blocks were found", len(shapes[0].Blocks))
	}
}

// Every command of the handbook that can run here runs, in its order, on a whole
// system; of the others what they name is there. What footballctl's commands and
// flags are called is checked by its own tests.
func TestTheHandbookHolds(t *testing.T) {
	t.Parallel()
	environment := newManual(t)
	made := regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(textOf(t, "../../Makefile"), -1)
	targets := map[string]bool{}
	for _, m := range made {
		targets[m[1]] = true
	}
	path := regexp.MustCompile(`\bdeploy/(?:env|scripts|kubernetes|compose|prometheus|alertmanager)/[A-Za-z0-9_./*-]+`)
	ran := 0
	for _, b := range blocks(t, "handbook.md") {
		for _, command := range b.commands {
			words := strings.Fields(command)
			for i, word := range words {
				if i > 0 && words[i-1] == "make" && !targets[word] {
					t.Errorf("there is no target %s: %s", word, command)
				}
			}
			for _, named := range path.FindAllString(command, -1) {
				if found, _ := filepath.Glob("../../" + named); len(found) == 0 {
					t.Errorf("there is no %s: %s", named, command)
				}
			}
			if b.host {
				continue
			}
			ran++
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			run := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", command)
			run.Dir, run.Env = "../..", environment
			if out, err := run.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", command, err, out)
			}
			cancel()
		}
	}
	t.Logf("%d commands ran", ran)
	if ran < 50 {
		t.Errorf("only %d commands ran", ran)
	}
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newManual is a whole system, and the environment that its operator has.
func newManual(t *testing.T) []string {
	t.Helper()
	dir, _ := leagues(t, 2, 4)
	scratch := t.TempDir()
	keys, streams := filepath.Join(scratch, "keys.json"), filepath.Join(scratch, "backup.key")
	for _, err := range []error{crypto.Generate(keys), crypto.GenerateStreams(streams), os.Mkdir(filepath.Join(scratch, "bin"), 0o755), os.Mkdir(filepath.Join(scratch, "backups"), 0o700)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	database, _ := harness.PrivatePostgresWith(t, devserver.PostgresOptions{Settings: map[string]string{"shared_preload_libraries": "pg_stat_statements"}})
	s := &system{db: database, temporal: harness.Temporal(t)}
	// In the platform's own database it would be in every backup.
	if _, err := dial(t, strings.Replace(database.AdminURL, "/"+database.Name, "/postgres", 1)).Exec(t.Context(), `CREATE EXTENSION pg_stat_statements`); err != nil {
		t.Fatal(err)
	}
	redis := harness.Redis(t)
	settings := []string{
		"ENCRYPTION_KEY_FILE=" + keys, "REDIS_URL=" + redis, "MIGRATE_DATABASE_URL=" + s.db.OwnerURL, "BACKUP_DATABASE_URL=" + s.db.BackupURL,
		"RESTORE_DATABASE_URL=" + s.db.RestoreURL, "BACKUP_KEY_FILE=" + streams, "BACKUP_DIR=" + filepath.Join(scratch, "backups"),
	}
	s.start(t, append(settings, "DATA="+dir, "AS_OF="+asOf)...)
	api := s.restartAPI(t, redis, s.newKey(t, "operate"), settings...)
	key := filepath.Join(scratch, "key")
	if err := os.WriteFile(key, []byte(api.key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(absolute(t, binary(t, "footballctl")), filepath.Join(scratch, "bin", "footballctl")); err != nil {
		t.Fatal(err)
	}
	environment := append(os.Environ(), settings...)
	return append(environment,
		"DATABASE_URL="+s.db.AppURL, "TEMPORAL_ADDRESS="+s.temporal.Address, "TEMPORAL_NAMESPACE="+s.temporal.Namespace,
		fmt.Sprintf("PATH=%s:%s", filepath.Join(scratch, "bin"), os.Getenv("PATH")), "API="+api.url, "WORK="+t.TempDir(), "KEY_FILE="+key,
		"HTTP_ADDR="+strings.TrimPrefix(api.url, "http://"), "METRICS_PORT="+api.metrics[strings.LastIndex(api.metrics, ":")+1:], "AS_OF="+asOf,
	)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	whole, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}
