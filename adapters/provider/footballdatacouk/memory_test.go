package footballdatacouk_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/provider/footballdatacouk"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

var xs = strings.Repeat("x", 4096)

// endless is a line of n bytes that costs nothing to make.
type endless struct {
	left int64
	read int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	for done := 0; done < n; {
		done += copy(p[done:n], xs)
	}
	e.left -= int64(n)
	e.read += int64(n)
	return n, nil
}

// allocated is how much f allocates in all, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestALineOfTwoGigabytes(t *testing.T) {
	const size, room = 2 << 30, 16 << 20
	for name, before := range map[string]string{
		"as header": "",
		"as row":    "Date,HomeTeam,AwayTeam\n14/08/2021,Leeds,Everton\n15/08/2021,",
	} {
		t.Run(name, func(t *testing.T) {
			long := &endless{left: size}
			var batch ingesting.Batch
			var err error
			used := allocated(func() {
				batch, err = footballdatacouk.Parse(t.Context(), io.MultiReader(strings.NewReader(before), long), edition(t), "f.csv")
			})
			t.Logf("%d bytes read, %d allocated", long.read, used)
			if used > room || long.read > footballdatacouk.MaxFile+(1<<20) {
				t.Errorf("%d bytes were read and %d allocated", long.read, used)
			}
			if before == "" {
				if !errors.Is(err, ingesting.ErrUnreadable) || !strings.Contains(err.Error(), "f.csv, line 1, column 1048577: the line is longer than 1 MB") {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || len(batch.Records) != 1 || len(batch.Findings) != 1 || batch.Findings[0].Rule != quality.SourceUnread ||
				batch.Findings[0].Place.Line != 3 || !strings.HasPrefix(batch.Findings[0].Reason, "the line is longer than 1 MB") {
				t.Errorf("got %+v, %v", batch, err)
			}
		})
	}
}
