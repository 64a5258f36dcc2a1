package nginx_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/nginx"
)

func TestSlots(t *testing.T) {
	s := nginx.Slots{Dir: filepath.Join(t.TempDir(), "slots"), Count: 20}
	for n, want := range map[int]map[string]int{0: {"blue": 20}, 1: {"green": 1, "blue": 19}, 7: {"green": 7, "blue": 13}, 20: {"green": 20}} {
		for range 2 {
			if err := s.Point(n, "green", "blue"); err != nil {
				t.Fatal(err)
			}
			got, err := s.Shares()
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%d slots: %s %v", n, diff, err)
			}
		}
	}
	if err := s.Point(21, "green", "blue"); err == nil {
		t.Error("more slots than there are were pointed")
	}
	// Killed between the two steps of an exchange, a slot leads where it did.
	if err := os.Symlink("blue", filepath.Join(s.Dir, ".slot-03.sock.new")); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(s.Dir); len(entries) != 20 {
		t.Errorf("%d files are in the folder", len(entries))
	}
}
