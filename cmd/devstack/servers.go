package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
)

const (
	databaseName = "football"
	// temporalUIPort is where people expect Temporal's interface.
	temporalUIPort = 8233
)

// startServers starts PostgreSQL, Redis and Temporal under the supervisor.
func (s *stack) startServers(ctx context.Context) error {
	err := s.console.step("Starting PostgreSQL", func() (err error) {
		s.postgres, err = devserver.StartPostgres(ctx, devserver.PostgresOptions{Dir: s.room.in("postgres")})
		if err != nil {
			return err
		}
		return s.supervisor.Start(ctx, s.postgres)
	})
	if err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	err = s.console.step("Starting Redis", func() (err error) {
		s.redis, err = devserver.StartRedis(ctx, devserver.RedisOptions{Dir: s.room.in("redis")})
		if err != nil {
			return err
		}
		return s.supervisor.Start(ctx, s.redis)
	})
	if err != nil {
		return err
	}
	return s.console.step("Starting Temporal", func() (err error) {
		s.temporal, err = devserver.StartTemporal(ctx, devserver.TemporalOptions{Dir: s.room.in("temporal"), UIPort: temporalUIPort})
		if err != nil {
			return err
		}
		return s.supervisor.Start(ctx, s.temporal)
	})
}

func (s *stack) migrate(ctx context.Context) error {
	var applied []string
	err := s.console.step("Migrating the database", func() (err error) {
		if err := postgres.Provision(ctx, s.postgres.URL("postgres"), databaseName, postgres.Passwords(s.secrets.Passwords)); err != nil {
			return err
		}
		applied, err = postgres.Migrate(ctx, s.databaseURL("football_owner", s.secrets.Passwords.Owner))
		return err
	})
	if err != nil {
		return fmt.Errorf("%w\n  the server's log is %s; delete %s to begin anew", err, s.postgres.LogPath(), s.room.path)
	}
	for _, name := range applied {
		s.console.note("  applied " + name)
	}
	return nil
}

func (s *stack) databaseURL(user, password string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password),
		Host: "127.0.0.1:" + strconv.Itoa(s.postgres.Port()), Path: "/" + databaseName, RawQuery: "sslmode=disable",
	}
	return u.String()
}
