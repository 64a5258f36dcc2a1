package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/files"
)

// What was captured is in place again, whatever was there meanwhile; logs stay
// as they are.
func TestFoldersArePutBack(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	uploads, logs, folder := filepath.Join(top, "uploads"), filepath.Join(top, "logs"), t.TempDir()
	write := func(path, text string) {
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	write(filepath.Join(uploads, "a", "one"), "then")
	write(filepath.Join(logs, "log"), "then")
	f, err := files.New(files.Config{Settings: []byte("{}"), Now: time.Now, Roots: []files.Root{
		{Name: "uploads", Path: uploads}, {Name: "logs", Path: logs, Record: true}, {Name: "none"},
	}})
	must(t, err)
	_, err = f.Capture(t.Context(), folder, func(int, int, string) {})
	must(t, err)
	must(t, f.Ready(t.Context()))
	write(filepath.Join(uploads, "a", "one"), "now")
	write(filepath.Join(uploads, "two"), "now")
	write(filepath.Join(logs, "log"), "now")
	for range 2 {
		must(t, f.Put(t.Context(), folder, func(int, int, string) {}))
	}
	one, err := os.ReadFile(filepath.Join(uploads, "a", "one"))
	must(t, err)
	log, err := os.ReadFile(filepath.Join(logs, "log"))
	must(t, err)
	if _, err := os.Stat(filepath.Join(uploads, "two")); !errors.Is(err, os.ErrNotExist) || string(one) != "then" || string(log) != "now" {
		t.Errorf("there is %q in uploads and %q in logs; a file made since: %v", one, log, err)
	}
	left, err := os.ReadDir(top)
	must(t, err)
	if len(left) != 2 {
		t.Errorf("beside the two there are %v", left)
	}
	must(t, os.RemoveAll(filepath.Join(folder, "uploads.tar")))
	if err := f.Put(t.Context(), folder, func(int, int, string) {}); err == nil {
		t.Error("a part that is missing is put back")
	}
	if one, err := os.ReadFile(filepath.Join(uploads, "a", "one")); err != nil || string(one) != "then" {
		t.Errorf("after that there is %q: %v", one, err)
	}
}

func TestAPlaceThatCannotBeReplacedIsNotReady(t *testing.T) {
	t.Parallel()
	f, err := files.New(files.Config{Settings: []byte("{}"), Now: time.Now, Roots: []files.Root{{Name: "uploads", Path: "/proc/self"}}})
	must(t, err)
	if err := f.Ready(t.Context()); !errors.Is(err, files.ErrPlace) {
		t.Errorf("error %v", err)
	}
}
