package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

func TestInspectionFindsWhatNoSingleRowShows(t *testing.T) {
	t.Parallel()
	db := open(t)
	load(t, db, edition("a", "1"),
		record("Arsenal", "Chelsea", 10, 1, 0), record("Liverpool", "Arsenal", 10, 1, 1), record("Chelsea", "Liverpool", 12, -1, -1))
	later := now.AddDate(1, 0, 0)
	assessor := assessing.NewAssessor(postgres.NewInspector(db), func() time.Time { return later })
	for range 2 { // the second replaces what the first found
		if _, err := assessor.Assess(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, rule := range []quality.Rule{quality.TwiceInADay, quality.PastFixture, quality.StaleSource} {
		if found := findings(t, db, catalogue.FindingFilter{Rule: rule}); len(found) != 1 {
			t.Errorf("%s: %+v", rule, found)
		}
	}
	reports, err := postgres.NewCatalogue(db).Reports(t.Context())
	if err != nil || len(reports) != 1 {
		t.Fatalf("reports = %+v, %v", reports, err)
	}
	if got := reports[0]; got.Rows != 3 || !got.Stale() || got.Score() != 1-0.75/3 {
		t.Errorf("report = %+v, score %v", got, got.Score())
	}
}

func TestTheGateStaysShutForBadData(t *testing.T) {
	t.Parallel()
	db := open(t)
	assessor := assessing.NewAssessor(postgres.NewInspector(db), func() time.Time { return now })
	if _, _, err := assessor.Gate(t.Context()); !errors.Is(err, assessing.ErrGate) {
		t.Errorf("gate without data: %v", err)
	}
	e := edition("a", "1")
	bad := quality.Finding{Rule: quality.ImpossibleScore, Competition: e.Competition.Code, Season: e.Season, Source: "a"}
	batch := ingesting.Batch{Rows: 5, Records: []ingesting.Record{record("Arsenal", "Chelsea", 10, 1, 0)}, Findings: []quality.Finding{bad}}
	if _, err := postgres.NewLoader(db).Load(t.Context(), e, batch, now); err != nil {
		t.Fatal(err)
	}
	if _, unfit, err := assessor.Gate(t.Context()); !errors.Is(err, assessing.ErrGate) || len(unfit) != 1 {
		t.Errorf("gate at 4 of 5 rows: %v, %v", unfit, err)
	}
	batch.Findings = nil
	if _, err := postgres.NewLoader(db).Load(t.Context(), e, batch, now); err != nil {
		t.Fatal(err)
	}
	if fit, _, err := assessor.Gate(t.Context()); err != nil || len(fit) != 1 {
		t.Errorf("gate after mending: %v, %v", fit, err)
	}
}
