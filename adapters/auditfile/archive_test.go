package auditfile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/auditfile"
	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// seal is a signer whose signatures are what they sign.
type seal struct{}

func (seal) Sign(text []byte) ([]byte, error) { return text, nil }

func (seal) Verify(signature, text []byte) error {
	if !bytes.Equal(signature, text) {
		return errors.New("another text")
	}
	return nil
}

func event(seq int64, details map[string]string) audit.Event {
	return audit.Event{
		TenantID: "t", Seq: seq, ID: "id", At: time.Unix(1_000, 123_000).UTC(), Action: "a\n\"b\"", Outcome: "done", Actor: "Zoë <x>", Details: details,
	}
}

// write archives events that follow one of a hash.
func write(t *testing.T, folder string, events ...audit.Event) string {
	t.Helper()
	draft, err := auditfile.Folder(folder).Open(t.Context(), "t", events[0].Seq, events[len(events)-1].Seq)
	if err != nil {
		t.Fatal(err)
	}
	sum := audit.Sum{7}
	if err := draft.Begin(sum); err != nil {
		t.Fatal(err)
	}
	p := audit.Pruning{TenantID: "t", Removed: int64(len(events)), At: time.Unix(2_000, 0), By: "system"}
	for _, e := range events {
		sum = e.Sum(sum)
		if err := draft.Add(audit.Kept{Event: e, Kept: sum}); err != nil {
			t.Fatal(err)
		}
		p.Seq, p.Sum = e.Seq, sum
	}
	p.Archive = draft.Sum()
	p.Signature = p.Text()
	where, err := draft.Close(p)
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "made", "on the way")
	where := write(t, folder, event(8, nil), event(9, map[string]string{"role": "viewer", "u+2028": "\u2028"}), event(10, map[string]string{}))
	// The same again, of a pruning that came to nothing.
	if again := write(t, folder, event(8, nil), event(9, nil), event(10, nil)); again != where {
		t.Errorf("it lies in %s, then in %s", where, again)
	}
	text, err := os.ReadFile(where)
	if err != nil {
		t.Fatal(err)
	}
	p, err := auditing.CheckArchive(auditfile.NewReader(bytes.NewReader(text)), seal{})
	if err != nil || p.Seq != 10 || p.Removed != 3 {
		t.Errorf("it reads %+v, %v", p, err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
	if lines := strings.Count(string(text), "\n"); lines != 5 {
		t.Errorf("three events are %d lines", lines)
	}
}

// An event that no reader would take is refused before it is pruned.
func TestALineThatCouldNotBeReadIsNotWritten(t *testing.T) {
	folder := t.TempDir()
	draft, err := auditfile.Folder(folder).Open(t.Context(), "t", 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Add(audit.Kept{Event: event(1, map[string]string{"x": strings.Repeat("x", 1<<20)})}); err == nil {
		t.Error("it was written")
	}
	if err := draft.Discard(); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
		t.Errorf("left in the folder are %v, %v", files, err)
	}
}
