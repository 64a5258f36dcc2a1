package devserver

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// SearchAttributes are the keyword attributes that the workflows set.
func SearchAttributes() []string { return []string{"Tenant", "Competition", "Release"} }

// TemporalOptions say which Temporal to run. Dir is needed.
type TemporalOptions struct {
	Dir      string // keeps the database and the log; made when missing
	Tools    string // where the CLI lies when it isn't on PATH; [ToolsDir] when empty
	Headless bool   // without the web interface
	// UIPort is the preferred port of the web interface; another one is taken
	// when it isn't free.
	UIPort int
}

// Temporal is a private Temporal server on 127.0.0.1, the CLI's development
// server over an SQLite file.
type Temporal struct {
	*Process
	ports []int
	ui    bool
	cli   string
}

// The places of the ports in Temporal.ports.
const (
	portGRPC = iota
	portHTTP
	portMetrics
	portUI
)

// StartTemporal starts a server and waits until the search attributes are
// registered in the namespace default. The context bounds the start only.
func StartTemporal(ctx context.Context, o TemporalOptions) (*Temporal, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	path, err := FindTemporal(o.Tools)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("prepare Temporal: %w", err)
	}
	process, ports, err := StartOnPorts(ctx, func() ([]int, error) { return FreePorts(0, 0, 0, o.UIPort) }, func(ports []int) Spec {
		return Spec{
			Name: "Temporal", Path: path, Args: temporalArgs(o, dir, ports), Dir: dir,
			Log:   filepath.Join(dir, "temporal.log"),
			Ready: func(ctx context.Context) error { return pingTemporal(ctx, addressOf(ports[portGRPC])) },
		}
	})
	if err != nil {
		return nil, err
	}
	return &Temporal{Process: process, ports: ports, ui: !o.Headless, cli: path}, nil
}

// Address is the gRPC address for clients and workers.
func (t *Temporal) Address() string { return addressOf(t.ports[portGRPC]) }

// UIURL is the web interface, or nothing when it is headless.
func (t *Temporal) UIURL() string {
	if !t.ui {
		return ""
	}
	return "http://" + addressOf(t.ports[portUI])
}

// HTTPURL is the server's HTTP API.
func (t *Temporal) HTTPURL() string { return "http://" + addressOf(t.ports[portHTTP]) }

// MetricsAddress is where the server tells of itself.
func (t *Temporal) MetricsAddress() string { return addressOf(t.ports[portMetrics]) }

// CLI is the path of Temporal's command line.
func (t *Temporal) CLI() string { return t.cli }

func addressOf(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

func temporalArgs(o TemporalOptions, dir string, ports []int) []string {
	args := []string{
		"server", "start-dev", "--ip", "127.0.0.1", "--db-filename", filepath.Join(dir, "temporal.db"),
		"--port", strconv.Itoa(ports[portGRPC]), "--http-port", strconv.Itoa(ports[portHTTP]),
		"--metrics-port", strconv.Itoa(ports[portMetrics]),
		"--disable-config-file", "--disable-config-env",
	}
	if o.Headless {
		args = append(args, "--headless")
	} else {
		args = append(args, "--ui-port", strconv.Itoa(ports[portUI]))
	}
	for _, name := range SearchAttributes() {
		args = append(args, "--search-attribute", name+"=Keyword")
	}
	return args
}

func pingTemporal(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c, err := client.DialContext(ctx, client.Options{HostPort: address, Logger: silent{}})
	if err != nil {
		return err
	}
	defer c.Close()
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: "default"})
	if err != nil {
		return err
	}
	for _, name := range SearchAttributes() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			return fmt.Errorf("search attribute %s is not registered yet", name)
		}
	}
	return nil
}

// silent keeps the SDK from reporting that a server isn't up yet.
type silent struct{}

var _ log.Logger = silent{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
