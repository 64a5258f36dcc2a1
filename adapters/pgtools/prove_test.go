//go:build prove

package pgtools_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// fill adds matches, nine hundred users and n predictions.
func (s *site) fill(t *testing.T, matches, n int) {
	t.Helper()
	s.exec(t, fmt.Sprintf(`
		INSERT INTO seasons (competition_code, label, first_year, last_year, source)
			SELECT 'premier-league', y || '-' || right((y + 1)::text, 2), y, y + 1, 'test' FROM generate_series(1900, 2030) y;
		INSERT INTO matches (id, competition_code, season, home_team_id, away_team_id, leg, kick_off, time_known, status, home_goals, away_goals, source, source_ref, created_at, updated_at)
			SELECT gen_random_uuid(), 'premier-league', s.label, h.id, a.id, 1, make_date(s.first_year, 9, 1), true, 'finished', (random() * 4)::int, (random() * 3)::int, 'test', gen_random_uuid()::text, now(), now()
			FROM seasons s, teams h, teams a WHERE h.id <> a.id LIMIT %d;
		INSERT INTO users (tenant_id, id, email, email_index, name, role, created_at, updated_at)
			SELECT tenant_id, gen_random_uuid(), 'x', decode(md5(tenant_id::text || n), 'hex'), 'x', 'analyst', now(), now() FROM tenants, generate_series(1, 299) n;
		INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, confidence, created_at, updated_at)
			SELECT u.tenant_id, gen_random_uuid(), u.id, m.id, (ARRAY['home', 'draw', 'away'])[1 + (random() * 2)::int], random(), now() - random() * interval '300 days', now()
			FROM users u, (SELECT id FROM matches LIMIT %d) m LIMIT %d;
		ANALYZE`, matches, n/900+1, n))
}

// TestProveBackupCostsLittleMoreThanByHand compares with what a careful person
// types: pg_dump, a copy, pg_restore, with the same settings, in the same run.
func TestProveBackupCostsLittleMoreThanByHand(t *testing.T) {
	s := newSite(t)
	s.fill(t, 50_000, 1_000_000)
	var ours, byHand []time.Duration
	var verified operation.Backup
	for range 3 {
		began := time.Now()
		b := s.make(t)
		b, err := s.keeper.Verify(t.Context(), b.ID, quiet)
		must(t, err)
		if b.Status != operation.Verified {
			t.Fatal(b.Fault)
		}
		ours, verified = append(ours, time.Since(began)), b
		byHand = append(byHand, s.byHand(t))
	}
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i].Seconds() / byHand[i].Seconds()
	}
	slices.Sort(ratios)
	var usage syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	t.Logf("backed up and verified in %v, by hand %v, ratios %.2f; %d rows, %.0f MB stored; our memory at most %d MB",
		rounded(ours), rounded(byHand), ratios, verified.Rows, float64(verified.Size)/1e6, usage.Maxrss/1024)
	if ratios[1] > 2.5 {
		t.Errorf("it costs %.2f times as much as by hand, more than 2.5", ratios[1])
	}
	if usage.Maxrss/1024 > 150 {
		t.Errorf("it takes %d MB of memory, more than 150", usage.Maxrss/1024)
	}
}

// TestProveBackupGrowsWithItsData makes one of ten times the rows: what it costs
// more than by hand must not grow, nor what it takes of memory.
func TestProveBackupGrowsWithItsData(t *testing.T) {
	ratios := make([]float64, 2)
	for i, rows := range []int{1_000_000, 10_000_000} {
		s := newSite(t)
		s.fill(t, 50_000, rows)
		began := time.Now()
		b := s.make(t)
		b, err := s.keeper.Verify(t.Context(), b.ID, quiet)
		must(t, err)
		if b.Status != operation.Verified {
			t.Fatal(b.Fault)
		}
		ours, byHand := time.Since(began), s.byHand(t)
		ratios[i] = ours.Seconds() / byHand.Seconds()
		var usage syscall.Rusage
		must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
		t.Logf("%d rows: %.1f s, by hand %.1f s, × %.2f; %.0f MB stored; our memory at most %d MB",
			b.Rows, ours.Seconds(), byHand.Seconds(), ratios[i], float64(b.Size)/1e6, usage.Maxrss/1024)
		if usage.Maxrss/1024 > 150 {
			t.Errorf("it takes %d MB of memory, more than 150", usage.Maxrss/1024)
		}
	}
	if ratios[1] > 2.5 {
		t.Errorf("with ten times the data it costs %.2f times as much as by hand, more than 2.5", ratios[1])
	}
}

func rounded(all []time.Duration) (out []time.Duration) {
	for _, d := range all {
		out = append(out, d.Round(100*time.Millisecond))
	}
	return out
}

// byHand is pg_dump, a copy elsewhere and pg_restore.
func (s *site) byHand(t *testing.T) time.Duration {
	t.Helper()
	name := "hand_" + strings.ReplaceAll(postgres.NewID(), "-", "")
	s.exec(t, `CREATE DATABASE `+name)
	defer s.exec(t, `DROP DATABASE `+name+` WITH (FORCE)`)
	dump, elsewhere := filepath.Join(t.TempDir(), "dump"), filepath.Join(t.TempDir(), "copy")
	admin := s.database.AdminURL
	began := time.Now()
	s.program(t, "pg_dump", "-Fd", "-j2", "-Z0", "--no-sync", "-f", dump, admin)
	copyFolder(t, dump, elsewhere)
	s.program(t, "pg_restore", "-j2", "--exit-on-error", "-d", strings.Replace(admin, s.database.Name, name, 1), elsewhere)
	return time.Since(began)
}

func (s *site) program(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.database.BinDir, name), args...)
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c maintenance_work_mem=128MB -c synchronous_commit=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.Mkdir(to, 0o700))
	entries, err := os.ReadDir(from)
	must(t, err)
	for _, e := range entries {
		in, err := os.Open(filepath.Join(from, e.Name()))
		must(t, err)
		out, err := os.Create(filepath.Join(to, e.Name()))
		must(t, err)
		_, err = io.Copy(out, in)
		must(t, err)
		_ = in.Close()
		must(t, out.Close())
	}
}
