//go:build prove

package postgres_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/football"
)

// TestProveLoadingStaysFastAsTheTablesGrow loads ten times what the big five
// leagues have played since 1993, and compares the last tenth with the first.
func TestProveLoadingStaysFastAsTheTablesGrow(t *testing.T) {
	db := open(t)
	loader := postgres.NewLoader(db)
	var first, last float64
	for tenth := range 10 {
		began, matches := time.Now(), 0
		for _, l := range leagues(29) {
			name := fmt.Sprintf("%s-%d", l.edition.Competition.Code, tenth)
			competition, err := football.UnknownCompetition(name)
			if err != nil {
				t.Fatal(err)
			}
			l.edition.Competition, l.edition.Locator = competition, name+"/"+l.edition.Season.String()
			outcome, err := loader.Load(t.Context(), l.edition, l.batch, now)
			if err != nil {
				t.Fatal(err)
			}
			matches += outcome.Inserted
		}
		last = float64(matches) / time.Since(began).Seconds()
		if tenth == 0 {
			first = last
		}
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		t.Logf("%7d matches: %6.0f a second, heap %d MB", (tenth+1)*matches, last, memory.HeapAlloc>>20)
	}
	if last < first/2 {
		t.Errorf("loading slowed down from %.0f to %.0f matches a second", first, last)
	}
}
