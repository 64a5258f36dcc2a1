package folder_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/provider/folder"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

const (
	csvFile  = "Date,HomeTeam,AwayTeam,FTHG,FTAG\n14/08/2021,Leeds,Everton,1,1\n"
	jsonFile = `{"name": "x", "matches": [{"date": "2021-08-14", "team1": "A", "team2": "B", "score": {"ft": [1, 0]}}]}`
)

// files makes a file system of contents by path.
func files(contents map[string]string) fstest.MapFS {
	fsys := make(fstest.MapFS)
	for name, content := range contents {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func TestScanTellsFilesApart(t *testing.T) {
	source := folder.NewFS(files(map[string]string{
		"premier-league/season-2021.csv": csvFile,
		"premier-league/season-2122.csv": csvFile,
		"2021-22/en.1.json":              jsonFile,
		"2021-22/en.1.clubs.json":        `{"name": "x", "clubs": []}`,
		"2021/br.1.json":                 jsonFile,
		"2122/D1.csv":                    csvFile, // the site's own layout
		"liga-mx/season-2122.csv":        csvFile,
		"serie-a/2021-22.json":           csvFile, // named wrongly: content decides
		"a/b/2021-22/es.1.json":          jsonFile,
		"it/serie-a/season-9394.csv":     csvFile,
		"peer/input.csv":                 csvFile,
		"README.md":                      "text",
		".git/2021-22/x.json":            jsonFile,
		"premier-league/.season.swp":     "x",
	}), "data")
	got, err := source.Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var editions, ignored []string
	for _, e := range got.Editions {
		if len(e.Fingerprint) != 64 || e.Source != folder.Name {
			t.Errorf("edition %+v", e)
		}
		editions = append(editions, fmt.Sprint(e.Season, " ", e.Competition.Code, " ", e.Locator))
	}
	for _, i := range got.Ignored {
		ignored = append(ignored, i.Path+": "+i.Reason)
	}
	if diff := cmp.Diff([]string{
		"1993-94 serie-a it/serie-a/season-9394.csv",
		"2020-21 premier-league premier-league/season-2021.csv",
		"2021 serie-a-brazil 2021/br.1.json",
		"2021-22 premier-league 2021-22/en.1.json",
		"2021-22 bundesliga 2122/D1.csv",
		"2021-22 liga-mx liga-mx/season-2122.csv",
		"2021-22 premier-league premier-league/season-2122.csv",
		"2021-22 serie-a serie-a/2021-22.json",
	}, editions); diff != "" {
		t.Errorf("editions -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"2021-22/en.1.clubs.json: it is neither a CSV file nor a JSON file of a known kind",
		"README.md: it is neither a CSV file nor a JSON file of a known kind",
		"peer/input.csv: neither its name nor its folder's names a season",
	}, ignored); diff != "" {
		t.Errorf("ignored -want +got:\n%s", diff)
	}
}

func TestReadEitherFormat(t *testing.T) {
	source := folder.NewFS(files(map[string]string{
		"premier-league/season-2122.csv": csvFile,
		"2021-22/en.1.json":              jsonFile,
	}), "data")
	editions, err := source.Editions(t.Context())
	if err != nil || len(editions) != 2 {
		t.Fatal(editions, err)
	}
	for _, e := range editions {
		got, err := source.Read(t.Context(), e, "")
		if err != nil || len(got.Records) != 1 || len(got.Findings) != 0 || got.Fingerprint != e.Fingerprint {
			t.Errorf("%s: %+v, %v", e.Locator, got, err)
		}
		again, err := source.Read(t.Context(), e, got.Fingerprint)
		if diff := cmp.Diff(ingesting.Batch{Unchanged: true, Fingerprint: got.Fingerprint}, again); err != nil || diff != "" {
			t.Errorf("%s again: %v, %s", e.Locator, err, diff)
		}
		other, err := source.Read(t.Context(), e, "another")
		if err != nil || other.Unchanged || len(other.Records) != 1 {
			t.Errorf("%s after another: %+v, %v", e.Locator, other, err)
		}
	}
	if _, err := source.Read(t.Context(), ingesting.Edition{Locator: "gone.csv"}, ""); !errors.Is(err, ingesting.ErrNoEdition) {
		t.Errorf("a file that is gone: %v", err)
	}
}

// closed is a file system in which some paths may not be opened.
type closed struct {
	fs.FS
	paths map[string]bool
}

func (c closed) Open(name string) (fs.File, error) {
	if c.paths[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return c.FS.Open(name)
}

func TestFoldersThatCannotBeRead(t *testing.T) {
	empty := t.TempDir()
	file := filepath.Join(empty, "file")
	data := files(map[string]string{"premier-league/season-2122.csv": csvFile})
	noise := t.TempDir()
	for _, path := range []string{file, filepath.Join(noise, "notes.txt")} {
		if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(empty, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		source *folder.Source
		want   string
	}{
		"missing":             {folder.New(filepath.Join(empty, "no")), filepath.Join(empty, "no") + ": the folder does not exist"},
		"empty":               {folder.New(filepath.Join(empty, "empty")), "the folder is empty; it should hold NAME/season-XXYY.csv"},
		"no folder":           {folder.New(file), "the folder can't be read: not a directory"},
		"other files only":    {folder.New(noise), "the folder has no data file among 1 others, such as notes.txt (it is neither"},
		"no permission":       {folder.NewFS(closed{data, map[string]bool{".": true}}, "data"), "data: there is no permission to read the folder"},
		"no permission below": {folder.NewFS(closed{data, map[string]bool{"premier-league": true}}, "data"), "data: premier-league can't be listed: permission denied"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tt.source.Editions(t.Context())
			if !errors.Is(err, ingesting.ErrUnreadable) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestFilesThatCannotBeRead wants a finding for each, and the good file read.
func TestFilesThatCannotBeRead(t *testing.T) {
	data := files(map[string]string{
		"premier-league/season-2122.csv": csvFile,
		"premier-league/season-2021.csv": csvFile,
		"premier-league/season-1920.csv": "\x7fELF\x00\x00",
		"premier-league/season-1819.csv": "",
		"2017-18/en.1.json":              "\xff\xfe{\x00",
		"2016-17/en.1.json":              `{"matches": [{"date"`,
	})
	source := folder.NewFS(closed{data, map[string]bool{"premier-league/season-2021.csv": true}}, "data")
	editions, err := source.Editions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, e := range editions {
		batch, err := source.Read(t.Context(), e, "")
		if err != nil {
			t.Fatalf("%s: %v", e.Locator, err)
		}
		for _, f := range batch.Findings {
			if f.Rule != quality.SourceUnread || f.Place.File != e.Locator || batch.Fingerprint != "" || len(batch.Records) != 0 {
				t.Errorf("finding %+v", f)
			}
			got[e.Locator] = fmt.Sprintf("%d:%d %s", f.Place.Line, f.Place.Column, f.Reason)
		}
	}
	if diff := cmp.Diff(map[string]string{
		"premier-league/season-2021.csv": "0:0 permission denied",
		"premier-league/season-1920.csv": "1:1 the file holds NUL bytes, so it is no text",
		"premier-league/season-1819.csv": "0:0 the file is empty",
		"2017-18/en.1.json":              "0:0 the file is UTF-16; save it as UTF-8",
		"2016-17/en.1.json":              "1:21 the file breaks off here",
	}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLinksStayInside(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write := func(path, content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(from, to string) {
		t.Helper()
		if err := os.Symlink(from, to); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "season-2021.csv"), csvFile)
	write(filepath.Join(root, "premier-league", "season-2122.csv"), csvFile)
	link(filepath.Join(outside, "season-2021.csv"), filepath.Join(root, "premier-league", "season-2021.csv"))
	link("season-2122.csv", filepath.Join(root, "premier-league", "season-1920.csv"))
	link(outside, filepath.Join(root, "serie-a"))
	got, err := folder.New(root).Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var locators []string
	for _, e := range got.Editions {
		locators = append(locators, e.Locator)
	}
	if diff := cmp.Diff([]string{"premier-league/season-1920.csv", "premier-league/season-2122.csv"}, locators); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got.Ignored) != 2 {
		t.Errorf("ignored %+v", got.Ignored)
	}
}

func TestScanIsBounded(t *testing.T) {
	root := t.TempDir()
	for i := range folder.MaxFiles + 1 {
		if err := os.WriteFile(filepath.Join(root, fmt.Sprintf("%d.txt", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := folder.New(root).Scan(t.Context()); !errors.Is(err, ingesting.ErrUnreadable) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := folder.New(root).Scan(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
