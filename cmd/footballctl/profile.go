package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/profiling"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) profile() *cobra.Command {
	return group("profile", "Take a profile of a running API or worker",
		"  footballctl --local profile cpu --seconds 10\n  footballctl profile heap --service worker --url http://10.0.0.7:8001 --key-file key",
		p.profileOf("cpu", "profile", "Where the processor's time goes"),
		p.profileOf("heap", "heap", "What holds memory"),
		p.profileOf("goroutine", "goroutine", "What every goroutine is doing, and waits for"),
	)
}

// sampling is what a profile is asked for.
type sampling struct {
	service, url, keyFile, out string
	seconds                    int
}

func (p *program) profileOf(name, path, short string) *cobra.Command {
	var s sampling
	cmd := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		Long: short + ", as a file for go tool pprof.\n\n" +
			"Profiles are served on METRICS_PORT, when that is a port of its own, to whoever may run operations: it takes an API key of\n" +
			"scope operate. Each one taken is recorded in the audit log. With --local address and key are those of the system here.",
		Example: "  footballctl --local profile " + name + "\n  footballctl profile " + name + " --service worker --key-file key --out worker.pprof",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.service != "api" && s.service != "worker" {
				return usagef("--service %q: say api or worker", s.service)
			}
			if s.seconds < 1 || s.seconds > profiling.MostSeconds {
				return usagef("--seconds %d: say 1 to %d", s.seconds, profiling.MostSeconds)
			}
			ctx, cancel := p.bounded(cmd, quick+time.Duration(s.seconds)*time.Second)
			defer cancel()
			return p.takeProfile(ctx, s, path)
		},
	}
	cmd.Flags().StringVar(&s.service, "service", "api", "whose: api or worker")
	cmd.Flags().StringVar(&s.url, "url", "", "where its metrics are (default: by HTTP_ADDR and METRICS_PORT)")
	cmd.Flags().StringVar(&s.keyFile, "key-file", "", "file that holds an API key of scope operate in its first line")
	cmd.Flags().StringVar(&s.out, "out", "", "the file to write (default: SERVICE-KIND.pprof)")
	cmd.Flags().IntVar(&s.seconds, "seconds", profiling.DefaultSeconds, "for how long to watch the processor")
	if name != "cpu" {
		_ = cmd.Flags().MarkHidden("seconds")
	}
	return cmd
}

func (p *program) takeProfile(ctx context.Context, s sampling, path string) error {
	base, key, err := p.profiled(s)
	if err != nil {
		return err
	}
	if s.out == "" {
		s.out = s.service + "-" + path + ".pprof"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s%s%s?seconds=%d", base, profiling.Path, path, s.seconds), nil)
	if err != nil {
		return usagef("--url: %v", err)
	}
	request.Header.Set("X-API-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1000)) // what there is of it helps
		return fmt.Errorf("%s answers %s: %s", base, response.Status, strings.TrimSpace(plain(string(text))))
	}
	return p.keepProfile(s, response.Body)
}

func (p *program) keepProfile(s sampling, from io.Reader) error {
	file, err := os.OpenFile(s.out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	n, err := io.Copy(file, from)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", s.out, err)
	}
	return p.print(map[string]any{"file": s.out, "bytes": n, "service": s.service}, func(w io.Writer) {
		fmt.Fprintf(w, "wrote %s (%d bytes); open it with:\n  go tool pprof -http=: %s\n", s.out, n, s.out)
	})
}

// profiled is where a process serves its profiles, and the key to them.
func (p *program) profiled(s sampling) (base, key string, err error) {
	if p.local {
		run, err := p.readRunFile()
		if err != nil {
			return "", "", err
		}
		base, key = strings.TrimSuffix(run.MetricsURLs[s.service], "/metrics"), run.APIKey
	}
	if s.keyFile != "" {
		if key, _, err = passwordFrom(s.keyFile); err != nil {
			return "", "", fmt.Errorf("--key-file: %w", err)
		}
	}
	if s.url != "" {
		base = strings.TrimSuffix(s.url, "/")
	}
	if key == "" {
		return "", "", usagef("--key-file is needed: a file that holds an API key of scope operate")
	}
	if base == "" {
		base, err = p.metricsBase(s.service)
	}
	return base, key, err
}

// metricsBase is where the configuration puts a service's metrics.
func (p *program) metricsBase(service string) (string, error) {
	r := config.Only().With("HTTP_ADDR", "METRICS_PORT")
	c, err := p.load(r)
	if err != nil {
		return "", err
	}
	address, shared := c.MetricsAddr()
	if shared {
		return "", usagef("METRICS_PORT is not set to a port of its own, on which profiles are served; give --url http://host:port of the %s's metrics", service)
	}
	return "http://" + local(address), nil
}
