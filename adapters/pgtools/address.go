// Package pgtools works on whole databases with PostgreSQL's own programs: it
// dumps, restores and checks them. What a backup is worth is decided elsewhere.
package pgtools

import (
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// address is a database as programs are told of it: the password is in the
// environment, since arguments are public.
type address struct {
	url      url.URL // without password
	password string
	role     string // that a connection of ours becomes; empty for its own
}

// libpq knows these; what else a URL of ours says is for drivers.
var libpqKnows = []string{
	"sslmode", "sslrootcert", "sslcert", "sslkey", "host", "hostaddr", "port", "connect_timeout", "target_session_attrs", "options",
}

func parseAddress(text string) (address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		// The error would quote the password.
		return address{}, errors.New("the database URL is not of the form postgres://user:password@host:port/database")
	}
	a := address{url: *u}
	if u.User != nil {
		a.password, _ = u.User.Password()
		a.url.User = url.User(u.User.Username())
	}
	query := u.Query()
	for name := range query {
		if !slices.Contains(libpqKnows, name) {
			query.Del(name)
		}
	}
	a.url.RawQuery = query.Encode()
	return a, nil
}

// database is the name of the database.
func (a address) database() string { return strings.TrimPrefix(a.url.Path, "/") }

// in is the same server's other database.
func (a address) in(database string) address {
	a.url.Path = "/" + database
	return a
}

// argument names the database to a program.
func (a address) argument() string { return "--dbname=" + a.url.String() }

// environment is what a program needs to get in, and nothing of ours beside it.
func (a address) environment(options string) []string {
	env := []string{"PGPASSWORD=" + a.password, "PGAPPNAME=football-backup", "LC_ALL=C.UTF-8", "TZ=UTC"}
	for _, name := range []string{"PATH", "HOME"} {
		if value, ok := os.LookupEnv(name); ok { //nolint:forbidigo // programs need a path and a home, whatever the configuration is
			env = append(env, name+"="+value)
		}
	}
	if options != "" {
		env = append(env, "PGOPTIONS="+options)
	}
	return env
}

// config is for a connection of our own. Texts of rows must not depend on what
// a server or a role is set to.
func (a address) config() (*pgx.ConnConfig, error) {
	u := a.url
	if u.User != nil {
		u.User = url.UserPassword(u.User.Username(), a.password)
	}
	c, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, errors.New("the database URL cannot be read")
	}
	for name, value := range map[string]string{
		"application_name": "football-backup", "timezone": "UTC", "datestyle": "ISO, YMD", "intervalstyle": "iso_8601",
		"extra_float_digits": "1", "bytea_output": "hex", "search_path": "pg_catalog", "statement_timeout": "0", "lock_timeout": "30s",
	} {
		c.RuntimeParams[name] = value
	}
	return c, nil
}
