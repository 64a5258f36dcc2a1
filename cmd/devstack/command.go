package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// The tenant that is there from the start, and who runs it.
const (
	demoTenant = "demo"
	demoEmail  = "admin@demo.example"
)

// settle applies the schedules and makes the tenant, its administrator and its key.
func (s *stack) settle(ctx context.Context) error {
	err := s.console.step("Applying the schedules", func() error {
		return s.quietly(ctx, "schedules", "apply")
	})
	if err != nil {
		return joinFailure(err, s.worker)
	}
	return s.console.step("Making the tenant "+demoTenant, func() error {
		if err := s.quietly(ctx, "tenant", "create", demoTenant, "--plan", "enterprise", "--if-missing"); err != nil {
			return err
		}
		if err := s.ensureAdmin(ctx); err != nil {
			return err
		}
		return s.ensureKey(ctx)
	})
}

// ensureAdmin makes a user to sign in as. The password travels in a file,
// because everybody may see a process' arguments.
func (s *stack) ensureAdmin(ctx context.Context) error {
	path := s.room.in("password")
	if err := os.WriteFile(path, []byte(s.secrets.Password), 0o600); err != nil {
		return err
	}
	defer func() { _ = os.Remove(path) }()
	return s.quietly(ctx, "admin", "create", "--tenant", demoTenant, "--role", "tenant_admin", "--email", demoEmail, "--password-file", path, "--if-missing")
}

// ensureKey keeps the key of an earlier run as long as the API takes it.
func (s *stack) ensureKey(ctx context.Context) error {
	if s.secrets.APIKey != "" {
		if _, err := s.forecasts(ctx); err == nil {
			return nil
		}
	}
	var out bytes.Buffer
	if err := s.footballctl(ctx, &out, "apikey", "create", "--tenant", demoTenant, "--name", "devstack",
		"--scope", "read", "--scope", "predict", "--scope", "manage", "--scope", "operate", "--json"); err != nil {
		return err
	}
	var made struct {
		Key string `json:"key"`
	}
	if err := json.Unmarshal(out.Bytes(), &made); err != nil || made.Key == "" {
		return fmt.Errorf("footballctl apikey create printed no key: %w", err)
	}
	s.secrets.APIKey = made.Key
	return s.secrets.save()
}

// football fills the database: each command starts a workflow, waits for its
// end and shows its progress. The first two would publish by themselves, but
// nobody would see it; the third is waited for.
func (s *stack) football(ctx context.Context) error {
	for _, stage := range []struct {
		what    string
		command []string
	}{
		{"Bringing in the matches", []string{"ingest", "--skip-forecasts"}},
		{"Training a model", []string{"train", "--skip-forecasts"}},
		{"Publishing forecasts", []string{"forecast"}},
	} {
		err := s.console.stage(stage.what, func() error { return s.footballctl(ctx, os.Stdout, stage.command...) })
		if exit := new(exec.ExitError); errors.As(err, &exit) && exit.ExitCode() == exitPartly {
			s.console.note("  A part of that failed, as said above; going on with the rest.")
			continue
		}
		if err != nil {
			return joinFailure(err, s.worker)
		}
	}
	return nil
}

// exitPartly is footballctl's exit code when a part of the work failed: a file
// that cannot be read does not keep the others from being of use.
const exitPartly = 3

// quietly runs footballctl and shows what it printed only when it fails.
func (s *stack) quietly(ctx context.Context, args ...string) error {
	var out bytes.Buffer
	err := s.run(ctx, &out, &out, args...)
	if err != nil && out.Len() > 0 {
		return fmt.Errorf("%w\n    %s", err, strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "\n    "))
	}
	return err
}

// footballctl runs footballctl with its messages on our terminal.
func (s *stack) footballctl(ctx context.Context, out io.Writer, args ...string) error {
	return s.run(ctx, out, os.Stderr, args...)
}

func (s *stack) run(ctx context.Context, out, messages io.Writer, args ...string) error {
	cmd := exec.Command(s.binary("footballctl"), args...) //nolint:noctx // our own binary, ended below
	cmd.Env, cmd.Dir = s.environment(), s.settings.root
	cmd.Stdout, cmd.Stderr = out, messages
	group, err := devserver.StartInGroup(cmd)
	if err != nil {
		return fmt.Errorf("footballctl %s: %w", args[0], err)
	}
	stop := context.AfterFunc(ctx, func() { group(syscall.SIGKILL) })
	defer stop()
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("footballctl %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
