package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Limits of a folder.
const (
	MaxDepth = 3 // folders/folders/file
	MaxFiles = 10000
)

// Scan is what a folder holds.
type Scan struct {
	Editions []ingesting.Edition // oldest season first
	Ignored  []Ignored           // in the order of their paths
}

// Ignored is a file that isn't offered, and why.
type Ignored struct{ Path, Reason string }

// Scan looks at every file. A folder below that can't be listed is an error:
// leaving a league out without a word would be worse.
func (s *Source) Scan(ctx context.Context) (Scan, error) {
	fsys, closer, err := s.open()
	if err != nil {
		return Scan{}, s.rootError(err)
	}
	defer func() { _ = closer.Close() }()

	var found Scan
	files := 0
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && name == ".":
			return s.rootError(err)
		case err != nil:
			return s.unreadable("%s can't be listed: %s", name, plain(err))
		case entry.IsDir() && (hidden(name) || depth(name) >= MaxDepth):
			return fs.SkipDir
		case entry.IsDir() || hidden(name):
			return nil
		}
		if files++; files > MaxFiles {
			return s.unreadable("the folder holds more than %d files", MaxFiles)
		}
		edition, reason := s.edition(ctx, fsys, name)
		if reason != "" {
			found.Ignored = append(found.Ignored, Ignored{Path: name, Reason: reason})
			return nil
		}
		found.Editions = append(found.Editions, edition)
		return nil
	})
	if err != nil {
		if ctx.Err() != nil {
			return Scan{}, fmt.Errorf("scan %s: %w", s.path, context.Cause(ctx))
		}
		return Scan{}, err
	}
	slices.SortStableFunc(found.Editions, func(a, b ingesting.Edition) int {
		return a.Season.FirstYear() - b.Season.FirstYear()
	})
	return found, nil
}

// edition makes an edition of a file; reason says why it is none. A file that
// can't be read but is named like data is offered, so that reading it tells.
func (s *Source) edition(ctx context.Context, fsys fs.FS, name string) (_ ingesting.Edition, reason string) {
	info, err := fs.Stat(fsys, name) // follows links, within the folder only
	switch {
	case err != nil:
		if !errors.Is(err, fs.ErrPermission) {
			return ingesting.Edition{}, plain(err)
		}
	case !info.Mode().IsRegular():
		return ingesting.Edition{}, "it is no regular file"
	}
	kind := recognise(fsys, name)
	if kind == formatUnknown {
		return ingesting.Edition{}, "it is neither a CSV file nor a JSON file of a known kind"
	}
	competition, season, reason := s.locate(name, kind)
	if reason != "" {
		return ingesting.Edition{}, reason
	}
	edition := ingesting.Edition{Source: s.name, Competition: competition, Season: season, Locator: name}
	// Without a fingerprint the edition is read, and reading says what is wrong.
	edition.Fingerprint, _ = fingerprint(ctx, fsys, name)
	return edition, ""
}

// locate finds competition and season in a path. One is the name of the file,
// the other that of its folder: NAME/season-XXYY.csv and SEASON/LEAGUE.json.
func (s *Source) locate(name string, kind format) (football.Competition, football.Season, string) {
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	parent := path.Base(path.Dir(name))
	if parent == "." {
		parent = filepath.Base(s.path)
	}
	league := parent
	season, err := seasonOf(strings.TrimLeft(strings.TrimPrefix(stem, "season"), "-_ "), kind)
	if err != nil {
		league = stem
		season, err = seasonOf(parent, kind)
	}
	if err != nil {
		return football.Competition{}, season, "neither its name nor its folder's names a season"
	}
	competition, known := football.FindCompetition(league)
	if !known {
		if competition, err = football.UnknownCompetition(league); err != nil {
			return competition, season, "neither its name nor its folder's names a competition"
		}
	}
	return competition, season, ""
}

// seasonOf reads a season as each source writes it: in a CSV file's path 2021
// is 2020-21, in openfootball's it is the year.
func seasonOf(text string, kind format) (football.Season, error) {
	if kind == formatCoUK {
		if season, err := football.ParseSeasonCode(text); err == nil {
			return season, nil
		}
	}
	return football.ParseSeason(text)
}

func hidden(name string) bool { return name != "." && strings.HasPrefix(path.Base(name), ".") }

func depth(name string) int {
	if name == "." {
		return 0
	}
	return strings.Count(name, "/") + 1
}
