package postgres_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/ports/exporting"
	"github.com/football-prediction/football-prediction/ports/sealing"
	"github.com/football-prediction/football-prediction/test/harness"
)

// contents are the files of an archive.
func contents(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	must(t, err)
	defer func() { _ = z.Close() }()
	out := map[string]string{}
	for _, f := range z.File {
		file, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(file)
		must(t, err)
		out[f.Name] = string(text)
	}
	return out
}

func TestAnArchiveHoldsAllThatATenantOwnsAndNoSecret(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	kept, err := e.remover.Archive(t.Context(), "acme", "by hand", quiet)
	must(t, err)
	files := contents(t, kept.Place)
	total := 0
	for table, rows := range e.held(t, e.acme.ID) {
		n, _, _ := strings.Cut(rows, " ")
		lines := strings.Count(files["tables/"+table+".jsonl"], "\n")
		total += lines
		// That it was exported is recorded afterwards.
		if table != "audit_events" && n != fmt.Sprint(lines) {
			t.Errorf("%s: %s rows, %d lines", table, n, lines)
		}
	}
	if total != kept.Rows || total < 25 {
		t.Errorf("%d lines, %d rows are told", total, kept.Rows)
	}
	for file, text := range map[string]string{
		"tables/users.jsonl": fmt.Sprintf(personMail, "acme"), "tables/api_keys.jsonl": fmt.Sprintf(keyName, "acme"),
		"tables/audit_events.jsonl": `"personal":{"address":"192.0.2.7"`, "manifest.json": `"slug": "acme"`, "tables/predictions.jsonl": `"outcome":"home"`,
	} {
		if !strings.Contains(files[file], text) {
			t.Errorf("%s lacks %s:\n%.600s", file, text, files[file])
		}
	}
	for _, secret := range []string{passHash, "argon2", totpSecret, shownKey, `"hash"`, `"secret"`, `"body"`, "globex", e.globex.ID} {
		for file, text := range files {
			if file != "manifest.json" && strings.Contains(text, secret) {
				t.Errorf("%s is in %s", secret, file)
			}
		}
	}
	if !strings.Contains(files["manifest.json"], `"password"`) {
		t.Error("the manifest does not name what is left out")
	}
	info, err := os.Stat(kept.Place)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive's mode is %v, %v", info.Mode(), err)
	}
}

// A tenant that has begun to lose its rows is not exported again: the archive
// from before is the whole one.
func TestAnExportIsNotRepeatedOnceRowsAreGone(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.begin(t, "run")
	first, err := e.remover.Export(t.Context(), e.acme.ID, "run/1", quiet)
	must(t, err)
	_, _, err = e.remover.Condemn(t.Context(), e.acme.ID, "run")
	must(t, err)
	if n, err := e.rows.Remove(t.Context(), e.acme.ID, "predictions", 10); err != nil || n != 6 {
		t.Fatal(n, err)
	}
	again, err := e.remover.Export(t.Context(), e.acme.ID, "run/2", quiet)
	if err != nil || again != first {
		t.Errorf("first %+v, again %+v, %v", first, again, err)
	}
	if found, _ := filepath.Glob(filepath.Join(e.archives, "*")); len(found) != 1 {
		t.Errorf("archives: %v", found)
	}
}

// A column of bytes that nobody decided on is left out, and found here, so that
// the decision is made. A column whose name says secret is left out as well.
func TestEveryColumnIsDecidedOn(t *testing.T) {
	t.Parallel()
	db := connect(t, harness.Postgres(t).AdminURL)
	var columns []struct {
		Name  string
		Bytes bool
	}
	must(t, db.NewRaw(`SELECT table_name || '.' || column_name AS name, data_type = 'bytea' AS bytes FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name IN (SELECT name FROM tenant_tables) ORDER BY 1`).Scan(t.Context(), &columns))
	known := slices.Concat(exporting.Opened, exporting.Plain, exporting.LeftOut)
	secret := regexp.MustCompile(`password|secret|token|hash`)
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
		if c.Bytes && !slices.Contains(known, c.Name) {
			t.Errorf("%s: say in ports/exporting whether it is exported, opened or left out", c.Name)
		}
		if secret.MatchString(strings.SplitN(c.Name, ".", 2)[1]) && !slices.Contains(exporting.LeftOut, c.Name) {
			t.Errorf("%s: it is exported, and its name says that it should not be", c.Name)
		}
	}
	for _, name := range known {
		if !slices.Contains(names, name) {
			t.Errorf("%s is decided on, but is no column", name)
		}
	}
	for _, name := range exporting.Opened {
		if !slices.ContainsFunc(sealing.Columns, func(c sealing.Column) bool { return c.Table+"."+c.Column == name }) {
			t.Errorf("%s is to be opened, but is not sealed", name)
		}
	}
	if len(names) < 80 {
		t.Errorf("only %d columns were looked at", len(names))
	}
}
