package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/checking"
)

// outlet is where somebody should listen.
type outlet struct {
	name, address string
	needed        bool // nothing works without it; the others may be on another machine
}

// dialLimit is how long a port may take to answer.
const dialLimit = 2 * time.Second

// portFacts dials every address of the configuration.
func (p *program) portFacts(ctx context.Context) ([]checking.Fact, error) {
	c, err := p.load(config.Everything)
	if err != nil {
		return nil, err
	}
	var facts []checking.Fact
	for _, at := range outlets(c) {
		facts = append(facts, listens(ctx, at))
	}
	return facts, nil
}

func outlets(c config.Config) []outlet {
	var all []outlet
	if _, is := c.HTTPAddr.Socket(); !is {
		all = append(all, outlet{"api", local(string(c.HTTPAddr)), false})
	}
	if metrics, shared := c.MetricsAddr(); !shared {
		all = append(all, outlet{"metrics", local(metrics), false})
	}
	for _, u := range []struct {
		name   string
		url    config.URL
		port   string // when the address names none
		needed bool
	}{
		{"postgres", c.DatabaseURL, "5432", true},
		{"postgres to read", c.DatabaseReadURL, "5432", false},
		{"redis", c.RedisURL, "6379", true},
		{"temporal's interface", c.TemporalUIURL, "80", false},
		{"prometheus", c.PrometheusURL, "9090", false},
		{"object store", c.S3Endpoint, "443", false},
		{"mail", c.SMTPURL, "25", false},
	} {
		if parsed, err := url.Parse(string(u.url)); err == nil && parsed.Hostname() != "" {
			port := parsed.Port()
			if port == "" {
				port = u.port
			}
			all = append(all, outlet{u.name, net.JoinHostPort(parsed.Hostname(), port), u.needed})
		}
	}
	return append(all, outlet{"temporal", string(c.TemporalAddress), true})
}

// local is where to reach what listens on an address, which may be on all.
func local(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host != "" && host != "0.0.0.0" && host != "::" {
		return address
	}
	return net.JoinHostPort("127.0.0.1", port)
}

func listens(ctx context.Context, at outlet) checking.Fact {
	f := checking.Fact{Name: at.name, Value: at.address}
	conn, err := (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, "tcp", at.address)
	if err != nil {
		f.Value += ", nobody listens"
		f.Verdict, f.Remedy = checking.Warning, "is it up, and on this machine?"
		if at.needed {
			f.Verdict, f.Remedy = checking.Wrong, "is it up, and is there no firewall in between?"
		}
		return f
	}
	remote := conn.RemoteAddr()
	_ = conn.Close()
	if tcp, ok := remote.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		f.Value += ", " + listener(tcp.Port)
		return f
	}
	f.Value += ", answers"
	return f
}

// owner is a process that listens.
type owner struct {
	pid  int
	name string
}

func listener(port int) string {
	who, ok := listenerOf(port)
	if !ok {
		return "answers; whose process it is cannot be seen"
	}
	return fmt.Sprintf("%s (process %s)", who.name, strconv.Itoa(who.pid))
}
