// Package folder offers the data files of a folder: football-data.co.uk's CSV
// and openfootball's JSON, told apart by what is in them. It parses neither
// itself.
package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/football-prediction/football-prediction/adapters/provider/footballdatacouk"
	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/adapters/provider/openfootball"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Name is the source's name.
const Name = "folder"

var _ ingesting.Source = (*Source)(nil)

// Source reads a folder. It follows no symbolic link that leads out of it.
type Source struct {
	name string
	path string
	open func() (fs.FS, io.Closer, error)
}

// New returns a Source of the folder at path, which is opened anew each time
// and need not exist yet.
func New(path string) *Source {
	return &Source{name: Name, path: path, open: func() (fs.FS, io.Closer, error) {
		root, err := os.OpenRoot(path)
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root, nil
	}}
}

// NewFS returns a Source of the files in fsys, which messages call path.
func NewFS(fsys fs.FS, path string) *Source {
	return &Source{name: Name, path: path, open: func() (fs.FS, io.Closer, error) { return fsys, io.NopCloser(nil), nil }}
}

// Named gives the source another name: of several folders each needs its own.
func (s *Source) Named(name string) *Source {
	s.name = name
	return s
}

// Name implements [ingesting.Source].
func (s *Source) Name() string { return s.name }

// Editions implements [ingesting.Source]. It reads every file once, to tell
// what has changed.
func (s *Source) Editions(ctx context.Context) ([]ingesting.Edition, error) {
	found, err := s.Scan(ctx)
	if err != nil {
		return nil, err
	}
	if len(found.Editions) == 0 {
		return nil, s.nothing(found)
	}
	return found.Editions, nil
}

// nothing says why a folder has no edition.
func (s *Source) nothing(found Scan) error {
	const wanted = "it should hold NAME/season-XXYY.csv of football-data.co.uk or SEASON/LEAGUE.json of openfootball"
	if len(found.Ignored) == 0 {
		return s.unreadable("the folder is empty; %s", wanted)
	}
	first := found.Ignored[0]
	return s.unreadable("the folder has no data file among %d others, such as %s (%s); %s",
		len(found.Ignored), first.Path, first.Reason, wanted)
}

// Read implements [ingesting.Source]. A file that can't be read makes a
// finding and no records, and has no fingerprint, so it is tried again.
func (s *Source) Read(ctx context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	fsys, closer, err := s.open()
	if err != nil {
		return ingesting.Batch{}, s.rootError(err)
	}
	defer func() { _ = closer.Close() }()

	if known != "" {
		if now, err := fingerprint(ctx, fsys, e.Locator); err == nil && now == known {
			return ingesting.Batch{Unchanged: true, Fingerprint: known}, nil
		}
	}
	batch, err := s.parse(ctx, fsys, e)
	switch {
	case err == nil:
		return batch, nil
	case ctx.Err() != nil:
		return ingesting.Batch{}, fmt.Errorf("read %s: %w", e.Locator, context.Cause(ctx))
	case errors.Is(err, fs.ErrNotExist):
		return ingesting.Batch{}, domain.Errorf(ingesting.ErrNoEdition.Kind, ingesting.ErrNoEdition.Code, "%s is gone", s.file(e.Locator))
	}
	builder := intake.NewBuilder(e, e.Locator)
	builder.Row() // the file counts as one, or the rule would break no share of anything
	at, reason := quality.Place{}, plain(err)
	var unreadable *intake.UnreadableError
	if errors.As(err, &unreadable) {
		at, reason = unreadable.Place, unreadable.Reason
	}
	builder.Report(quality.SourceUnread, at, "", "%s", reason)
	return builder.Batch(""), nil
}

func (s *Source) parse(ctx context.Context, fsys fs.FS, e ingesting.Edition) (ingesting.Batch, error) {
	file, err := fsys.Open(e.Locator)
	if err != nil {
		return ingesting.Batch{}, err
	}
	defer func() { _ = file.Close() }()
	head, err := readHead(file)
	if err != nil {
		return ingesting.Batch{}, err
	}
	sum := sha256.New()
	content := io.TeeReader(head.whole(file), sum)
	parse := footballdatacouk.Parse
	if formatOf(e.Locator, head) == formatOpenFootball {
		parse = openfootball.Parse
	}
	batch, err := parse(ctx, content, e, e.Locator)
	if err != nil {
		return ingesting.Batch{}, err
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(content, footballdatacouk.MaxFile)); err != nil {
		return ingesting.Batch{}, err
	}
	batch.Fingerprint = hex.EncodeToString(sum.Sum(nil))
	return batch, nil
}

// rootError says what is wrong with the folder itself.
func (s *Source) rootError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.unreadable("the folder does not exist")
	case errors.Is(err, fs.ErrPermission):
		return s.unreadable("there is no permission to read the folder")
	}
	return s.unreadable("the folder can't be read: %s", plain(err))
}

func (s *Source) unreadable(reason string, args ...any) error {
	return domain.Errorf(ingesting.ErrUnreadable.Kind, ingesting.ErrUnreadable.Code,
		"%s: %s", s.path, fmt.Sprintf(reason, args...))
}

func (s *Source) file(locator string) string {
	return filepath.Join(s.path, filepath.FromSlash(locator))
}

// plain is an error's text without the call and the path that the operating
// system puts before it, since the message names the file already.
func plain(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
