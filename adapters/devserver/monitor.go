package devserver

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Monitor is a program of the Prometheus family: an HTTP server on 127.0.0.1.
type Monitor struct {
	*Process
	port int
}

// MonitorOptions say which one to run. Name, Path and Args are needed.
type MonitorOptions struct {
	Name, Path string
	Dir        string // keeps its data and its log
	Port       int    // preferred; 0 means any
	// Args are its arguments when it listens on an address.
	Args  func(address string) []string
	Env   []string // the whole environment; nil passes ours on
	Ready string   // the path that answers 200 once it is up
}

// StartMonitor starts one. The context bounds the start only.
func StartMonitor(ctx context.Context, o MonitorOptions) (*Monitor, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", o.Name, err)
	}
	choose := func() ([]int, error) { return FreePorts(o.Port) }
	process, ports, err := StartOnPorts(ctx, choose, func(ports []int) Spec {
		address := addressOf(ports[0])
		return Spec{
			Name: o.Name, Path: o.Path, Args: o.Args(address), Dir: dir, Log: filepath.Join(dir, o.Name+".log"),
			Env:   o.Env,
			Ready: func(ctx context.Context) error { return answersOK(ctx, "http://"+address+o.Ready) },
		}
	})
	if err != nil {
		return nil, err
	}
	return &Monitor{Process: process, port: ports[0]}, nil
}

// Address is host:port.
func (m *Monitor) Address() string { return addressOf(m.port) }

// URL is where it answers.
func (m *Monitor) URL() string { return "http://" + m.Address() }

// FindMonitor finds a program that the Debian package of that name brings.
func FindMonitor(program, debian string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%s is %w: on Debian run `apt-get install --no-install-recommends %s`, elsewhere put `%s` on PATH", program, ErrMissing, debian, program)
	}
	return path, nil
}

func answersOK(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
