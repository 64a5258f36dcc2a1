package main

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/domain"
)

// exitInterrupted is what a shell says after Ctrl-C.
const exitInterrupted = 130

// unfinishedError means that we were stopped before everything was up.
type unfinishedError struct{}

func (unfinishedError) Error() string { return "stopped before everything was up" }

// stack brings the system up, piece by piece, and knows what is up so far.
type stack struct {
	settings   settings
	console    *console
	supervisor *devserver.Supervisor
	now        domain.Clock
	http       *http.Client

	source   string // settings.data with auto decided
	room     *room
	secrets  *secrets
	postgres *devserver.Postgres
	redis    *devserver.Redis
	temporal *devserver.Temporal
	worker   *service
	api      *service

	prometheus, alertmanager *devserver.Monitor // nil without OBSERVE=1
}

func newStack(s settings, c *console, supervisor *devserver.Supervisor, now domain.Clock) *stack {
	return &stack{settings: s, console: c, supervisor: supervisor, now: now, http: &http.Client{Timeout: 30 * time.Second}}
}

// bringUp runs the stack beside the application: it takes longer than a start
// hook may. The supervisor's own hook stops the processes after ours.
func bringUp(lc fx.Lifecycle, shutdown fx.Shutdowner, s *stack) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	var unfinished error
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			running.Go(func() {
				err := s.up(ctx)
				switch {
				case ctx.Err() != nil:
					unfinished = unfinishedError{}
				case err != nil:
					s.console.note("\ndevstack: " + err.Error())
					_ = shutdown.Shutdown(fx.ExitCode(1))
				case s.settings.exit:
					_ = shutdown.Shutdown()
				}
			})
			return nil
		},
		OnStop: func(context.Context) error {
			cancel()
			running.Wait()
			s.close()
			s.console.note("\nStopping everything …")
			return unfinished
		},
	})
}

// up does everything up to the summary. It is safe to repeat: what was made in
// an earlier run is found again.
func (s *stack) up(ctx context.Context) error {
	for _, piece := range []func(context.Context) error{
		s.prepare, s.startServers, s.startServices, s.observe, s.settle, s.football, s.show,
	} {
		if err := piece(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare decides on the source and enters the pair's room.
func (s *stack) prepare(ctx context.Context) error {
	source, reason := chooseSource(ctx, s.settings.data, openfootballURL)
	s.source = source
	switch {
	case reason != "":
		s.console.note("Data: SIMULATED league, since openfootball can't be reached (" + reason + ")")
	default:
		s.console.note("Data: " + source)
	}
	if s.settings.asOf != "" {
		s.console.note("As of: " + s.settings.asOf + " (later results are hidden)")
	}
	var err error
	if s.room, err = enterRoom(s.dataDir(), source, s.settings.asOf); err != nil {
		return err
	}
	s.console.note("Folder: " + s.room.path)
	if s.secrets, err = openSecrets(s.room.in("secrets.json")); err != nil {
		return err
	}
	return errors.Join(
		ensureKeys(s.keyFile(), crypto.Generate),
		ensureKeys(s.backupKeyFile(), crypto.GenerateStreams),
		ensureKeys(s.tokenFile(), func(path string) error { return crypto.GenerateSecrets(path, s.now()) }),
	)
}

// keyFile holds the keys that columns are sealed with, and backupKeyFile those
// of backups.
func (s *stack) keyFile() string       { return s.room.in("keys.json") }
func (s *stack) backupKeyFile() string { return s.room.in("backup.key") }
func (s *stack) backupDir() string     { return s.room.in("backups") }

// tokenFile holds the secrets that tokens are signed with.
func (s *stack) tokenFile() string { return s.room.in("tokens") }

func (s *stack) dataDir() string { return filepath.Join(s.settings.root, ".data") }

// close takes back what tells others that we are up.
func (s *stack) close() {
	s.removeRunFile()
	if s.room != nil {
		s.room.leave()
	}
}

// joinFailure adds the end of a service's log to err, which names the cause
// when a command beside it fails.
func joinFailure(err error, suspects ...*service) error {
	if err == nil {
		return nil
	}
	for _, suspect := range suspects {
		err = errors.Join(err, suspect.lastWords())
	}
	return err
}
