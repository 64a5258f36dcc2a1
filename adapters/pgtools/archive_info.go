package pgtools

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// The annotations that tie pgBackRest's copies to our records, so that a
// repository tells what it is also when all else is lost.
const (
	idAnnotation    = "football-backup"
	pointAnnotation = "football-point"
)

// copied is a copy as pgBackRest tells of it.
type copied struct {
	id, point string // ours; empty when it is not of us, or was never compared
	label     string // pgBackRest's
	whole     bool
	needs     []string  // labels of those that it stands on
	start     string    // the first piece of log that it needs
	end       string    // and the last, without which it is not whole
	archive   string    // which of the repository's logs that is in
	stop      time.Time // when it was complete, rounded up
	size      int64
	damaged   bool // pages were, when they were read
}

type infoJSON struct {
	Status struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"status"`
	Databases []struct {
		ID      int    `json:"id"`
		Version string `json:"version"`
	} `json:"db"`
	Repositories []struct {
		Status struct {
			Message string `json:"message"`
		} `json:"status"`
	} `json:"repo"`
	Backups []struct {
		Annotation map[string]string `json:"annotation"`
		Archive    struct {
			Start string `json:"start"`
			Stop  string `json:"stop"`
		} `json:"archive"`
		Database struct {
			ID int `json:"id"`
		} `json:"database"`
		Error bool `json:"error"`
		Info  struct {
			Repository struct {
				Delta int64 `json:"delta"`
			} `json:"repository"`
		} `json:"info"`
		Label     string   `json:"label"`
		Reference []string `json:"reference"`
		Timestamp struct {
			Stop int64 `json:"stop"`
		} `json:"timestamp"`
		Type string `json:"type"`
	} `json:"backup"`
}

// pgBackRest's states of a stanza that are no trouble: fine, not there yet, no
// copies yet.
const lastGoodStatus = 2

// copies are all copies, oldest first.
func (a *Archive) copies(ctx context.Context) ([]copied, error) {
	text, err := a.run(ctx, "info", "--output=json")
	if err != nil {
		return nil, err
	}
	var all []infoJSON
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		// With a wrong key, it quotes what it makes of the bytes, and that is no JSON.
		if meant := statusMeaning(text); errors.Is(meant, backingup.ErrUndecipherable) {
			return nil, meant
		}
		return nil, domain.Errorf(domain.Unavailable, ErrRepository.Code, "pgBackRest tells of its repository in a form that is not known here: %s", err)
	}
	var out []copied
	for _, info := range all {
		if code := info.Status.Code; code > lastGoodStatus {
			said := info.Status.Message // "other", say, of which the repository tells more
			for _, r := range info.Repositories {
				if r.Status.Message != "" && r.Status.Message != said {
					said = r.Status.Message
				}
			}
			return nil, statusMeaning(said)
		}
		for _, b := range info.Backups {
			c := copied{
				id: b.Annotation[idAnnotation], point: b.Annotation[pointAnnotation], label: b.Label, whole: b.Type == "full", needs: b.Reference,
				start: b.Archive.Start, end: b.Archive.Stop, stop: time.Unix(b.Timestamp.Stop+1, 0).UTC(), size: b.Info.Repository.Delta, damaged: b.Error,
			}
			for _, d := range info.Databases {
				if d.ID == b.Database.ID {
					c.archive = archiveName(d.Version, d.ID)
				}
			}
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(x, y copied) int { return x.stop.Compare(y.stop) })
	return out, nil
}

// statusMeaning gives the trouble of a stanza the meaning of an error: it tells
// of one that it could not read without failing.
func statusMeaning(message string) error {
	first, _, _ := strings.Cut(strings.ToValidUTF8(message, ""), "\n")
	if strings.Contains(message, "CryptoError") && strings.Contains(message, "certificate") {
		return distrust(first)
	}
	for _, sign := range []string{"FormatError", "CryptoError", "ChecksumError", "FileInvalidError", "JsonFormatError"} {
		if strings.Contains(message, sign) {
			return backingup.ErrUndecipherable
		}
	}
	return domain.Errorf(domain.Unavailable, ErrRepository.Code, "pgBackRest: %s", first)
}

// copyOf is the copy of a backup of ours, nil when there is none.
func copyOf(all []copied, id string) *copied {
	i := slices.IndexFunc(all, func(c copied) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return &all[i]
}
