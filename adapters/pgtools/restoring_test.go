package pgtools_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/restoring"
)

// restorer restores the site's database. The names of databases that it makes
// are dropped when the test is over.
func (s *site) restorer(t *testing.T) *restoring.Restorer {
	t.Helper()
	d, err := pgtools.NewDumps(pgtools.Config{
		BackupURL: s.database.BackupURL, RestoreURL: s.database.RestoreURL,
		Programs: pgtools.Programs{Dir: s.database.BinDir, Start: devserver.StartInGroup}, Now: time.Now,
	})
	must(t, err)
	return restoring.NewRestorer(restoring.Parts{Keeper: s.keeper, Server: d, Runs: none{}, Audit: silent{}, Now: time.Now})
}

// none ran any workflow.
type none struct{}

func (none) EndedSince(context.Context, time.Time) ([]restoring.Run, error) { return nil, nil }

func (s *site) names(t *testing.T, query string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.database.AdminURL)
	must(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), query)
	must(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return names
}

// An accident, the way back, and the way back from that.
func TestRestoreUndoAndConfirm(t *testing.T) {
	s := newSite(t)
	b := s.make(t)
	b, err := s.keeper.Verify(t.Context(), b.ID, quiet)
	must(t, err)
	s.exec(t, `DELETE FROM users; INSERT INTO teams (id, key, source, created_at, name, country) VALUES (gen_random_uuid(), 'late', 'test', now(), 'Late', 'Spain')`)
	later := s.make(t) // a backup that the restored database will know nothing of

	r, id := s.restorer(t), postgres.NewID()
	t.Cleanup(func() { _ = r.Abandon(context.Background(), id) })
	chosen, err := r.Choose(t.Context(), restoring.Latest)
	must(t, err)
	if chosen.ID != b.ID {
		t.Errorf("chose %s, which is %s", chosen.ID, chosen.Status)
	}
	preview, err := r.Preview(t.Context(), id, restoring.Target{Backup: chosen}, quiet)
	must(t, err)
	changes := map[string][2]int64{}
	for _, d := range preview.Tables {
		changes[d.Table] = [2]int64{d.Now, d.Then}
	}
	if changes["public.users"] != [2]int64{0, 3} || changes["public.teams"] != [2]int64{51, 50} || preview.Since <= 0 {
		t.Errorf("the preview says %+v", preview)
	}

	// Somebody is connected, and stays so until the names are exchanged.
	busy, err := pgx.Connect(t.Context(), s.database.AppURL)
	must(t, err)
	took, err := r.Rebuild(t.Context(), id, restoring.Target{Backup: chosen}, quiet)
	must(t, err)
	if took <= 0 {
		t.Error("restoring took no time")
	}
	must(t, busy.Ping(t.Context()))
	for range 2 { // repeating it changes nothing
		must(t, r.Exchange(t.Context(), id))
	}
	if err := busy.Ping(t.Context()); err == nil {
		t.Error("who was connected is not cut off")
	}
	if got := s.names(t, `SELECT 'users ' || count(*) FROM users UNION ALL SELECT 'teams ' || count(*) FROM teams`); !cmp.Equal(got, []string{"users 3", "teams 50"}) {
		t.Errorf("after restoring: %v", got)
	}
	app, err := pgx.Connect(t.Context(), s.database.AppURL)
	must(t, err)
	if _, err := app.Exec(t.Context(), `SELECT FROM users`); err != nil {
		t.Errorf("the services cannot work on it: %v", err)
	}
	_ = app.Close(t.Context())
	deed := restoring.Deed{ID: id, Moment: chosen.TakenAt}
	told, err := r.Settle(t.Context(), deed)
	if err != nil { // the connection that it had was cut off, too
		told, err = r.Settle(t.Context(), deed)
	}
	if err != nil || told.Backups != 2 {
		t.Errorf("it was told of %+v: %v", told, err)
	}
	known, err := s.keeper.Records.Get(t.Context(), later.ID)
	if err != nil || known.Status != operation.Made || known.Size != later.Size {
		t.Errorf("the later backup is %+v: %v", known, err)
	}

	must(t, r.Undo(t.Context(), id))
	if got := s.names(t, `SELECT 'users ' || count(*) FROM users UNION ALL SELECT 'teams ' || count(*) FROM teams`); !cmp.Equal(got, []string{"users 0", "teams 51"}) {
		t.Errorf("after undoing: %v", got)
	}
	if err := r.Undo(t.Context(), id); !errors.Is(err, restoring.ErrNothing) {
		t.Errorf("undoing twice: %v", err)
	}
	must(t, r.Exchange(t.Context(), id))
	must(t, r.Confirm(t.Context(), id))
	if err := r.Undo(t.Context(), id); !errors.Is(err, restoring.ErrNothing) {
		t.Errorf("undoing after confirming: %v", err)
	}
	if left := s.names(t, `SELECT datname::text FROM pg_database WHERE datname LIKE '%`+strings.ReplaceAll(id, "-", "")+`'`); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// What is not what was backed up never takes anybody's place.
func TestRestoringADamagedBackupChangesNothing(t *testing.T) {
	s := newSite(t)
	b := s.make(t)
	r := restoring.NewRestorer(restoring.Parts{Keeper: s.keeper, Server: s.meddling(t, `DELETE FROM teams WHERE name = 'Team 7'`), Now: time.Now})
	id := postgres.NewID()
	if _, err := r.Rebuild(t.Context(), id, restoring.Target{Backup: b}, quiet); !errors.Is(err, restoring.ErrDiffers) || !strings.Contains(err.Error(), "public.teams has 49 rows and had 50") {
		t.Errorf("error %v", err)
	}
	if err := r.Exchange(t.Context(), id); !errors.Is(err, restoring.ErrNothing) {
		t.Errorf("exchanging: %v", err)
	}
	if left := s.names(t, `SELECT datname::text FROM pg_database WHERE datname LIKE '%`+strings.ReplaceAll(id, "-", "")+`'`); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if got := s.names(t, `SELECT 'teams ' || count(*) FROM teams`); !cmp.Equal(got, []string{"teams 50"}) {
		t.Errorf("the live database has %v", got)
	}
}
