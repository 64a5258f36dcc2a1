// Package previous_test runs the release before on the schema of this one.
package previous_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/migrations"
)

const root = "../.."

// While a release is brought to users, and after it was taken back, the release
// before works on a schema that is newer than it. All statements of ours are in
// one package: its tests, as they were, pass on the migrations that there are now.
func TestTheReleaseBeforeWorksOnThisSchema(t *testing.T) {
	if exec.CommandContext(t.Context(), "git", "-C", root, "cat-file", "-e", migrations.PreviousRelease+"^{commit}").Run() != nil {
		t.Skipf("this is no clone with the release before (%s) in its history, so there is nothing to run", migrations.PreviousRelease)
	}
	before := t.TempDir()
	archive, err := exec.CommandContext(t.Context(), "git", "-C", root, "archive", migrations.PreviousRelease).Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := unpack(archive, before); err != nil {
		t.Fatal(err)
	}
	brought := bring(t, before)
	if brought == 0 {
		t.Skipf("no migration is newer than %s", migrations.PreviousRelease)
	}
	t.Logf("%d migrations are newer than the release before", brought)
	suite := exec.CommandContext(t.Context(), "go", "test", "./adapters/postgres/...")
	suite.Dir = before
	if out, err := suite.CombinedOutput(); err != nil {
		t.Errorf("the release before does not work on this schema: %v\n%s", err, out)
	}
}

// bring puts the statements of today's migrations into a tree, and counts those
// that it had not.
func bring(t *testing.T, tree string) (fresh int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "migrations", "*.up.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d migrations, %v", len(files), err)
	}
	for _, file := range files {
		for _, name := range []string{filepath.Base(file), strings.Replace(filepath.Base(file), ".up.", ".down.", 1)} {
			text, err := os.ReadFile(filepath.Join(root, "migrations", name))
			if err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(tree, "migrations", name)
			was, err := os.ReadFile(to)
			if err == nil && !bytes.Equal(was, text) {
				t.Errorf("%s was released, and has been changed since", name)
			}
			if errors.Is(err, os.ErrNotExist) && strings.Contains(name, ".up.") {
				fresh++
			}
			if err := os.WriteFile(to, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return fresh
}

func unpack(archive []byte, into string) error {
	for files := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !filepath.IsLocal(header.Name) {
			continue
		}
		to := filepath.Join(into, header.Name)
		switch header.Typeflag {
		case tar.TypeDir:
			err = os.MkdirAll(to, 0o755)
		case tar.TypeReg:
			var text []byte
			if text, err = io.ReadAll(files); err == nil {
				err = os.WriteFile(to, text, header.FileInfo().Mode().Perm())
			}
		}
		if err != nil {
			return err
		}
	}
}
