package migrations_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/migrations"
)

// Every migration since the release expands: the release before works on it, and
// no large table is rewritten or locked.
func TestMigrationsExpand(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if file[:4] <= migrations.Released {
			continue
		}
		text, err := fs.ReadFile(migrations.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range migrations.Faults(string(text)) {
			t.Errorf("%s %s", file, fault)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sql  string
		says string // empty when it passes
	}{
		"an index":              {"CREATE INDEX i ON matches (id);", "CONCURRENTLY"},
		"an index aside":        {"CREATE INDEX CONCURRENTLY i ON matches (id);", ""},
		"a new table's index":   {"CREATE TABLE t (id int); CREATE INDEX i ON t (id);", ""},
		"another table's index": {"CREATE TABLE t (id int); CREATE INDEX i ON matches (id);", "CONCURRENTLY"},
		"a type":                {"ALTER TABLE matches ALTER COLUMN id TYPE bigint;", "rewrites"},
		"a check":               {"ALTER TABLE matches ADD CONSTRAINT c CHECK (id > 0);", "NOT VALID"},
		"an unchecked check":    {"ALTER TABLE matches ADD CONSTRAINT c CHECK (id > 0) NOT VALID;", ""},
		"a key":                 {"ALTER TABLE matches ADD PRIMARY KEY (id);", "USING INDEX"},
		"a plain column":        {"ALTER TABLE matches ADD COLUMN c text;", ""},
		"a constant default":    {"ALTER TABLE matches ADD COLUMN c int NOT NULL DEFAULT 0;", ""},
		"no default":            {"ALTER TABLE matches ADD COLUMN c int NOT NULL;", "default"},
		"a default by row":      {"ALTER TABLE matches ADD COLUMN c uuid DEFAULT gen_random_uuid();", "rewrites"},
		"not null":              {"ALTER TABLE matches ALTER COLUMN c SET NOT NULL;", "lock"},
		"a dropped column":      {"ALTER TABLE matches DROP COLUMN c;", "old release"},
		"a rename":              {"ALTER TABLE matches RENAME COLUMN a TO b;", "old release"},
		"many rows":             {"UPDATE matches SET c = 1;", "batches"},
		"no lock timeout":       {"SET LOCAL lock_timeout = 0;", "lock_timeout"},
		"in a comment":          {"-- DROP TABLE matches;\nSELECT 1;", ""},
		"in a string":           {"SELECT 'x; DROP TABLE matches;';", ""},
		"in a function":         {"CREATE FUNCTION f() RETURNS void AS $$ UPDATE matches SET c = 1; $$ LANGUAGE sql;", ""},
		"allowed":               {"-- allow: it holds a dozen rows\nALTER TABLE plans DROP COLUMN c;", ""},
		"allowed without why":   {"-- allow: ok\nALTER TABLE plans DROP COLUMN c;", "old release"},
		"allowed before":        {"-- allow: it holds a dozen rows\nSELECT 1;\nALTER TABLE plans DROP COLUMN c;", "line 3"},
		"behind umlauts":        {"SELECT 'äöü';\nDROP TABLE matches;", "line 2"},
	}
	for name, test := range tests {
		got := strings.Join(migrations.Faults(test.sql), "\n")
		if test.says == "" && got != "" || !strings.Contains(got, test.says) {
			t.Errorf("%s: %q, want %q in it", name, got, test.says)
		}
	}
}
