package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/test/harness"
)

// BenchmarkManyCallers lets two thousand credentials call in turn, each about
// once a second, which is longer than an answer is believed without hearing of
// changes.
func BenchmarkManyCallers(b *testing.B) {
	database := harness.Postgres(b)
	newTenant(b, database, "demo")
	issue, keys := issuer(b, database, time.Now()), make([]string, 2_000)
	for i := range keys {
		var err error
		keys[i], _, err = issue.CreateKey(b.Context(), access.Request{Tenant: "demo", Name: fmt.Sprint(i), Scopes: []access.Scope{access.Read}})
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, name := range []string{"deaf", "hearing"} {
		b.Run(name, func(b *testing.B) {
			now := time.Now()
			clock := func() time.Time { return now }
			var vigil *access.Vigil
			if name == "hearing" {
				vigil = access.NewVigil(clock)
				vigil.Begin()
			}
			a := access.NewAuthenticator(postgres.NewLookup(connect(b, database.AppURL)), nil, nil,
				access.NewRecollection(otter.NewMemory(64<<20, time.Hour), vigil, nil, clock))
			i := 0
			for b.Loop() {
				if vigil != nil {
					vigil.Heard(now)
				}
				if _, err := a.Authenticate(b.Context(), keys[i%len(keys)]); err != nil {
					b.Fatal(err)
				}
				now = now.Add(500 * time.Microsecond)
				i++
			}
		})
	}
}

// BenchmarkForecastQuery is the least that a cache spares: asking for forecasts
// when there are none.
func BenchmarkForecastQuery(b *testing.B) {
	c := postgres.NewCatalogue(connect(b, harness.Postgres(b).AppURL))
	for b.Loop() {
		if _, err := c.Forecasts(b.Context(), catalogue.MatchFilter{}, catalogue.Page{Limit: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
