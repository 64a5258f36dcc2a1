package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var execStart = regexp.MustCompile(`(?m)^ExecStart=(\S+)(.*)$`)

// systemd itself reads the units of both colours and finds nothing wrong; what they
// start is a program of ours with flags that it takes.
func TestSystemdTakesTheUnits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(root, "deploy/systemd/*.service"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%d units, %v", len(files), err)
	}
	var units []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		start := execStart.FindStringSubmatch(string(text))
		if start == nil || !strings.HasPrefix(start[1], "/opt/football/") {
			t.Errorf("%s starts %q", file, start)
			continue
		}
		help, _ := exec.CommandContext(t.Context(), "go", "run", filepath.Join(root, "cmd", filepath.Base(start[1])), "--help").CombinedOutput()
		for flag := range strings.FieldsSeq(start[2]) {
			if name, is := strings.CutPrefix(flag, "--"); is && !strings.Contains(string(help), "-"+name) {
				t.Errorf("%s is given %s, which it does not take: %s", start[1], flag, help)
			}
		}
		// The programs are not there; the rest is read as it stands.
		text = execStart.ReplaceAll(text, []byte("ExecStart=/bin/true$2"))
		names := []string{filepath.Base(file)}
		if strings.Contains(file, "@") {
			names = []string{strings.Replace(names[0], "@", "@blue", 1), strings.Replace(names[0], "@", "@green", 1)}
		}
		for _, name := range names {
			unit := filepath.Join(dir, name)
			if err := os.WriteFile(unit, text, 0o644); err != nil {
				t.Fatal(err)
			}
			units = append(units, unit)
		}
	}
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", append([]string{"verify"}, units...)...).CombinedOutput()
	if err != nil || strings.Contains(string(out), dir) {
		t.Errorf("systemd-analyze (is systemd installed? make install): %v\n%s", err, out)
	}
}
