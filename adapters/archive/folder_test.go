package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/archive"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/exporting"
)

var subject = exporting.Subject{TenantID: "t1", Slug: "acme", Name: "Acme", At: time.Date(2026, 8, 14, 12, 0, 0, 0, time.UTC)}

// users writes n users.
func users(n int) func(exporting.Writer) error {
	return func(w exporting.Writer) error {
		if err := w.Page("users", []string{"password"}); err != nil {
			return err
		}
		for range n {
			if err := w.Row(exporting.Row{"id": json.RawMessage(`"u"`), "name": json.RawMessage(`"Ada"`)}); err != nil {
				return err
			}
		}
		return w.Page("sessions", nil)
	}
}

func TestAnArchiveIsKeptAndReadBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on the way")
	kept, err := archive.NewFolder(archive.Config{Dir: dir}).Keep(t.Context(), "a", subject, users(1000))
	if err != nil {
		t.Fatal(err)
	}
	if kept.Rows() != 1000 || len(kept.Pages) != 2 || kept.Pages[0].Bytes != 24_000 || len(kept.SHA256) != 64 || kept.Pages[0].LeftOut[0] != "password" {
		t.Errorf("kept %+v", kept)
	}
	info, err := os.Stat(kept.Place)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != kept.Bytes || info.Size() > 20_000 {
		t.Errorf("the file: %+v, %v", info, err)
	}
	if folder, err := os.Stat(dir); err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", folder.Mode(), err)
	}
}

func TestAnArchiveIsThereWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir, broken := t.TempDir(), errors.New("the connection was lost")
	folder := archive.NewFolder(archive.Config{Dir: dir})
	_, err := folder.Keep(t.Context(), "a", subject, func(w exporting.Writer) error {
		return errors.Join(users(10)(w), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	// What a killed attempt leaves is cleared away by the next.
	if err := os.WriteFile(filepath.Join(dir, ".a.zip.123.partial"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Keep(t.Context(), "a", subject, users(3)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "a.zip" {
		t.Errorf("in the folder are %v, %v", entries, err)
	}
}

func TestTheFirstArchiveOfANameStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := archive.NewFolder(archive.Config{Dir: dir})
	first, err := folder.Keep(t.Context(), "a", subject, users(3))
	if err != nil {
		t.Fatal(err)
	}
	again, err := folder.Keep(t.Context(), "a", subject, func(exporting.Writer) error {
		t.Error("it is filled again")
		return nil
	})
	if err != nil || again.SHA256 != first.SHA256 || again.Rows() != 3 {
		t.Errorf("again %+v, %v", again, err)
	}
	// One that was given up and goes on all the same changes nothing, whether or
	// not its file was cleared away.
	for name, overtake := range map[string]func() error{
		"b": func() error { _, err := folder.Keep(t.Context(), "b", subject, users(3)); return err },
		"c": func() error { return os.Link(first.Place, filepath.Join(dir, "c.zip")) },
	} {
		slow, err := folder.Keep(t.Context(), name, subject, func(w exporting.Writer) error {
			return errors.Join(overtake(), users(2)(w))
		})
		if err != nil || slow.Rows() != 3 {
			t.Errorf("the slow attempt returns %+v, %v", slow, err)
		}
	}
}

func TestManyAttemptsAtOnceKeepOneArchive(t *testing.T) {
	t.Parallel()
	folder := archive.NewFolder(archive.Config{Dir: t.TempDir()})
	var wait sync.WaitGroup
	sums := make([]string, 8)
	for i := range sums {
		wait.Go(func() {
			// An attempt may find that another has cleared its file away; it fails
			// and is repeated.
			for range 20 {
				if kept, err := folder.Keep(t.Context(), "a", subject, users(i+1)); err == nil {
					sums[i] = kept.SHA256
					return
				}
			}
		})
	}
	wait.Wait()
	for _, sum := range sums {
		if sum == "" || sum != sums[0] {
			t.Errorf("they returned %q", sums)
		}
	}
}

func TestAnArchiveThatWasAlteredIsFound(t *testing.T) {
	t.Parallel()
	folder := archive.NewFolder(archive.Config{Dir: t.TempDir()})
	kept, err := folder.Keep(t.Context(), "a", subject, users(100))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(kept.Place)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{60, len(text) / 2} {
		altered := append([]byte{}, text...)
		altered[at] ^= 0xff
		if err := os.WriteFile(kept.Place, altered, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Keep(t.Context(), "a", subject, users(100)); err == nil {
			t.Errorf("byte %d of %d was altered, and nobody noticed", at, len(text))
		}
	}
	if err := os.WriteFile(kept.Place, text[:len(text)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Keep(t.Context(), "a", subject, users(100)); err == nil {
		t.Error("half an archive was taken for a whole one")
	}
}

// A zip file that is sound in itself may still not be what its manifest says.
func TestAnArchiveIsHeldToItsManifest(t *testing.T) {
	t.Parallel()
	folder := archive.NewFolder(archive.Config{Dir: t.TempDir()})
	kept, err := folder.Keep(t.Context(), "a", subject, users(3))
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, kept.Place, `"Ada"`, `"Eve"`)
	if _, err := folder.Keep(t.Context(), "a", subject, users(3)); err == nil {
		t.Error("a row was exchanged, and nobody noticed")
	}
}

// rewrite exchanges a text in all files of an archive.
func rewrite(t *testing.T, path, old, replacement string) {
	t.Helper()
	before, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = before.Close() }()
	var after bytes.Buffer
	w := zip.NewWriter(&after)
	for _, f := range before.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(bytes.ReplaceAll(text, []byte(old), []byte(replacement))); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), os.WriteFile(path, after.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutAFolderTheOperatorIsTold(t *testing.T) {
	t.Parallel()
	var known *domain.Error
	err := archive.NewFolder(archive.Config{}).Ready(t.Context())
	if !errors.As(err, &known) || known.Kind != domain.Conflict || !strings.Contains(known.Detail, "UPLOADS_DIR") {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := archive.NewFolder(archive.Config{Dir: filepath.Join(file, "x")}).Ready(t.Context()); err == nil {
		t.Error("a folder that cannot be made is ready")
	}
}
