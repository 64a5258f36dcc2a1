package harness

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/migrations"
)

// ensureTemplate makes the migrated database that others are cloned from, once
// a server and a set of migrations, and returns its name. Packages are tested
// by processes side by side, so the first one works and the others wait.
func ensureTemplate(ctx context.Context, conn *pgx.Conn, adminURL string) (string, error) {
	name, err := templateName()
	if err != nil {
		return "", err
	}
	if done, err := isTemplate(ctx, conn, name); err != nil || done {
		return name, err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext('football harness'))"); err != nil {
		return "", err
	}
	defer func() { _, _ = conn.Exec(ctx, "SELECT pg_advisory_unlock(hashtext('football harness'))") }()
	if done, err := isTemplate(ctx, conn, name); err != nil || done {
		return name, err
	}
	// One that was left half-made by a killed process.
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)"); err != nil {
		return "", err
	}
	if err := provisionAndMigrate(ctx, adminURL, name); err != nil {
		return "", err
	}
	// Nobody may be connected to a template while it is copied.
	_, err = conn.Exec(ctx, "ALTER DATABASE "+quoted(name)+" WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
	return name, err
}

// isTemplate tells whether the template is complete: the mark is set last.
func isTemplate(ctx context.Context, conn *pgx.Conn, name string) (done bool, err error) {
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&done)
	return done, err
}

// templateName depends on every migration, so a server that outlives a change
// of them gets another template.
func templateName() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
		return err
	})
	return "football_template_" + hex.EncodeToString(hash.Sum(nil))[:16], err
}

// clone copies the template's files. Rights on the database itself, which
// CREATE DATABASE leaves behind, are copied as well.
func clone(ctx context.Context, conn *pgx.Conn, template, name string) error {
	statement := "CREATE DATABASE " + quoted(name) + " TEMPLATE " + quoted(template) + " OWNER football_restore"
	if version := conn.PgConn().ParameterStatus("server_version"); version >= "15" {
		// Copying is quicker than logging every block of a small database.
		statement += " STRATEGY file_copy"
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, `UPDATE pg_database clone SET datacl = template.datacl
		FROM pg_database template
		WHERE clone.datname = $1 AND template.datname = $2 AND template.datacl IS NOT NULL`, name, template)
	return err
}
