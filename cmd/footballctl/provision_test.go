package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// On an empty server, provisioning makes what migrations need, and may be repeated.
func TestProvisionMakesRolesAndDatabase(t *testing.T) {
	p, err := devserver.StartPostgres(t.Context(), devserver.PostgresOptions{Dir: filepath.Join(t.TempDir(), "pg"), Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(context.Background()) })
	as := func(user, database string) string {
		return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", user, p.Port(), database)
	}
	environ := []string{
		"ADMIN_DATABASE_URL=" + p.URL("postgres"), "MIGRATE_DATABASE_URL=" + as("football_owner:o", "football"), "DATABASE_URL=" + as("football_app:a", "football"),
		"BACKUP_DATABASE_URL=" + as("football_backup:b", "football"), "RESTORE_DATABASE_URL=" + as("football_restore:r", "postgres"),
	}
	for range 2 {
		succeed(t, environ, "migrate", "provision")
	}
	succeed(t, environ, "migrate", "up")
	succeed(t, environ, "check", "db")
	bare := append(environ[:len(environ):len(environ)], "DATABASE_URL="+as("football_app", "football"))
	if a := ctl(t, bare, "migrate", "provision"); a.code != exitUsage || !strings.Contains(a.err, "password") {
		t.Errorf("without a password: code %d, %s", a.code, a.err)
	}
}
