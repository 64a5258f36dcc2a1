package crypto_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

var place = sealing.Place{TenantID: "t", Table: "users", Column: "email", Row: "1"}

// clock is one that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)} }

func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := crypto.Generate(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, c *clock) *crypto.Keyring {
	t.Helper()
	r, err := crypto.Open(path, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func seal(t *testing.T, r *crypto.Keyring, at sealing.Place, text string) []byte {
	t.Helper()
	sealed, err := r.Seal(at, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestAValueOpensOnlyInItsPlace(t *testing.T) {
	r := open(t, keyFile(t), newClock())
	sealed := seal(t, r, place, "ada@example.com")
	if bytes.Contains(sealed, []byte("ada")) {
		t.Error("the text shows")
	}
	if plain, err := r.Open(place, sealed); err != nil || string(plain) != "ada@example.com" {
		t.Fatalf("it opens to %q, %v", plain, err)
	}
	for name, other := range map[string]sealing.Place{
		"another tenant":    {TenantID: "u", Table: "users", Column: "email", Row: "1"},
		"another table":     {TenantID: "t", Table: "keys", Column: "email", Row: "1"},
		"another column":    {TenantID: "t", Table: "users", Column: "name", Row: "1"},
		"another row":       {TenantID: "t", Table: "users", Column: "email", Row: "2"},
		"shifted letters":   {TenantID: "tu", Table: "sers", Column: "email", Row: "1"},
		"column to the row": {TenantID: "t", Table: "users", Column: "emai", Row: "l1"},
	} {
		if plain, err := r.Open(other, sealed); !errors.Is(err, crypto.ErrOpen) {
			t.Errorf("in %s it opens to %q, %v", name, plain, err)
		}
	}
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		if _, err := r.Open(place, damaged); err == nil {
			t.Fatalf("it opens with byte %d flipped", i)
		}
	}
}

func TestAnIndexFindsWithinItsColumnOnly(t *testing.T) {
	r := open(t, keyFile(t), newClock())
	other := place
	other.Row = "2"
	if !bytes.Equal(r.Index(place, []byte("x")), r.Index(other, []byte("x"))) {
		t.Error("the index depends on the row")
	}
	other.TenantID = "u"
	if bytes.Equal(r.Index(place, []byte("x")), r.Index(other, []byte("x"))) {
		t.Error("two tenants share an index: who reads the database sees that they share a user")
	}
}

func TestRotation(t *testing.T) {
	path, c := keyFile(t), newClock()
	first, second := open(t, path, c), open(t, path, c)
	old := seal(t, first, place, "old")
	index := first.Index(place, []byte("x"))
	id, err := crypto.Rotate(path)
	if err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(31 * time.Second)
	young := seal(t, first, place, "young")
	if got, _ := crypto.KeyID(young); got != id {
		t.Errorf("after rotation key %d seals, want %d", got, id)
	}
	// The second process has not looked at the file since.
	if plain, err := second.Open(place, young); err != nil || string(plain) != "young" {
		t.Errorf("a process that has not seen the rotation opens %q, %v", plain, err)
	}
	if plain, err := second.Open(place, old); err != nil || string(plain) != "old" {
		t.Errorf("the old value opens to %q, %v", plain, err)
	}
	if !bytes.Equal(index, second.Index(place, []byte("x"))) {
		t.Error("rotation changed the index, so nobody is found any more")
	}
	oldID, _ := crypto.KeyID(old)
	if err := crypto.Retire(path, id); err == nil {
		t.Error("the key in use was retired")
	}
	if err := crypto.Retire(path, oldID); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(31 * time.Second)
	if _, err := first.Open(place, old); !errors.Is(err, crypto.ErrOpen) {
		t.Errorf("what a retired key sealed opens: %v", err)
	}
	if all, err := crypto.List(path); err != nil || len(all) != 1 || all[0] != (crypto.Info{ID: id, Primary: true}) {
		t.Errorf("the file holds %v, %v", all, err)
	}
	if _, err := os.Stat(path + ".before"); err != nil {
		t.Errorf("the file as it was is not kept: %v", err)
	}
}

func TestAFileThatIsAwayForAMomentStopsNothing(t *testing.T) {
	path, c := keyFile(t), newClock()
	r := open(t, path, c)
	sealed := seal(t, r, place, "x")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Minute)
	if _, err := r.Open(place, sealed); err != nil {
		t.Error(err)
	}
}

func TestBadKeyFiles(t *testing.T) {
	good := keyFile(t)
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		says string
	}{
		"readable by others": {string(text), 0o644, "chmod 600"},
		"not JSON":           {"key", 0o600, "keys generate"},
		"a keyset missing":   {`{"columns":{}}`, 0o600, `"columns" is missing`},
		"a keyset cut":       {strings.Replace(string(text), `"value"`, `"vague"`, 1), 0o600, `"columns"`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k.json")
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			if _, err := crypto.Open(path, time.Now); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %s", err, c.says)
			}
		})
	}
	// Kubernetes mounts secrets as files of root's that a group of ours may read.
	if os.Geteuid() == 0 {
		mounted := keyFile(t)
		for mode, fine := range map[os.FileMode]bool{0o440: true, 0o640: true, 0o444: false, 0o660: false} {
			if err := errors.Join(os.Chmod(mounted, mode), os.Chown(mounted, 12345, os.Getegid())); err != nil {
				t.Fatal(err)
			}
			if _, err := crypto.Open(mounted, time.Now); (err == nil) != fine {
				t.Errorf("another's file of mode %o: %v", mode, err)
			}
		}
	}
	if _, err := crypto.Open(filepath.Join(t.TempDir(), "none"), time.Now); err == nil || !strings.Contains(err.Error(), "keys generate") {
		t.Errorf("a missing file: %v", err)
	}
	if err := crypto.Generate(good); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("generating over keys: %v", err)
	}
}

func TestDerivedKeysAreTheSameEachTime(t *testing.T) {
	derive := func(secret string) *crypto.Keyring {
		r, err := crypto.Derive(secret, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	sealed := seal(t, derive("one"), place, "x")
	if plain, err := derive("one").Open(place, sealed); err != nil || string(plain) != "x" {
		t.Errorf("it opens to %q, %v", plain, err)
	}
	if _, err := derive("two").Open(place, sealed); err == nil {
		t.Error("another secret opens it")
	}
	signature, err := derive("one").Sign([]byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if err := derive("one").Verify(signature, []byte("text")); err != nil {
		t.Error(err)
	}
	if derive("one").Verify(signature, []byte("test")) == nil || derive("two").Verify(signature, []byte("text")) == nil {
		t.Error("a signature holds for another text or key")
	}
}
