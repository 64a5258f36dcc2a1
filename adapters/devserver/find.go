package devserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minPostgres is the oldest major version of PostgreSQL that will do.
const minPostgres = 14

// ErrMissing means that a program is not installed. Its text says what to do.
var ErrMissing = errors.New("not installed")

// postgresInstall is a folder of PostgreSQL's programs.
type postgresInstall struct {
	bin   string
	major int
}

// findPostgres finds the server of the wanted major version, or, when wanted
// is 0, the first one on PATH and else Debian's newest.
func findPostgres(ctx context.Context, wanted int) (postgresInstall, error) {
	var old []string
	for _, bin := range postgresFolders() {
		major, err := postgresMajor(ctx, bin)
		if err != nil {
			continue
		}
		if wanted == major || wanted == 0 && major >= minPostgres {
			return postgresInstall{bin: bin, major: major}, nil
		}
		old = append(old, fmt.Sprintf("version %d in %s", major, bin))
	}
	needed := fmt.Sprintf("%d or newer", minPostgres)
	if wanted != 0 {
		needed = strconv.Itoa(wanted)
	}
	found := "found none on PATH nor in /usr/lib/postgresql"
	if len(old) > 0 {
		found = "found only " + strings.Join(old, " and ")
	}
	return postgresInstall{}, fmt.Errorf("PostgreSQL server %s is %w (%s): on Debian run `apt-get install postgresql`, elsewhere put `postgres` and `initdb` on PATH", needed, ErrMissing, found)
}

// postgresFolders are the places to look in, best first.
func postgresFolders() []string {
	var folders []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// Debian's wrappers are links; initdb lies beside the real program.
		if program, err := filepath.EvalSymlinks(path); err == nil {
			path = program
		}
		folders = append(folders, filepath.Dir(path))
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(debian, func(a, b string) int { return cmp.Compare(versionIn(b), versionIn(a)) })
	return append(folders, debian...)
}

func versionIn(bin string) int {
	version, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return version
}

var postgresVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func postgresMajor(ctx context.Context, bin string) (int, error) {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return 0, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	match := postgresVersion.FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("%s/postgres says %q", bin, out)
	}
	return strconv.Atoi(string(match[1]))
}

func findRedis() (string, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return "", fmt.Errorf("redis-server is %w: on Debian run `apt-get install redis-server`, elsewhere put `redis-server` (6 or newer) on PATH", ErrMissing)
	}
	return path, nil
}

// FindTemporal finds Temporal's command line on PATH, else in tools, else in
// [ToolsDir] when tools is empty.
func FindTemporal(tools string) (string, error) {
	return findTool("temporal", "the Temporal CLI", tools)
}

func findTool(name, title, tools string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	if tools == "" {
		tools = ToolsDir()
	}
	path := filepath.Join(tools, name)
	if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
		return "", fmt.Errorf("%s is %w (neither on PATH nor %s): run `make install`, which builds it once", title, ErrMissing, path)
	}
	return path, nil
}

// ToolsDir is the folder that `make install` builds tools into:
// $XDG_CACHE_HOME/football-prediction/tools, below ~/.cache when that is unset.
func ToolsDir() string {
	cache, err := os.UserCacheDir()
	if err != nil { // neither XDG_CACHE_HOME nor HOME is set
		home := "/"
		if me, err := user.Current(); err == nil {
			home = me.HomeDir
		}
		cache = filepath.Join(home, ".cache")
	}
	return filepath.Join(cache, "football-prediction", "tools")
}
