package devserver

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// RedisDatabases is how many numbered databases a private Redis has.
const RedisDatabases = 1024

// RedisOptions say which Redis to run. Dir is needed.
type RedisOptions struct {
	Dir string // keeps the log; made when missing
}

// Redis is a private Redis server on 127.0.0.1 with a password. It keeps
// nothing over a restart, as the system must be able to lose it.
type Redis struct {
	*Process
	port     int
	password string
}

// StartRedis starts a server. The context bounds the start only.
func StartRedis(ctx context.Context, o RedisOptions) (*Redis, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	path, err := findRedis()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("prepare Redis: %w", err)
	}
	r := &Redis{password: rand.Text()}
	process, ports, err := StartOnPorts(ctx, anyPorts(1), func(ports []int) Spec {
		return Spec{
			Name: "Redis", Path: path, Args: []string{"-"}, Stdin: r.config(ports[0]),
			// The working folder, so that no path has to be quoted in the configuration.
			Dir: dir, Log: filepath.Join(dir, "redis.log"),
			Ready: func(ctx context.Context) error { return pingRedis(ctx, ports[0], r.password) },
		}
	})
	if err != nil {
		return nil, err
	}
	r.Process, r.port = process, ports[0]
	return r, nil
}

// URL is the address of database 0.
func (r *Redis) URL() string { return r.url(r.port) }

// Port is the TCP port on 127.0.0.1.
func (r *Redis) Port() int { return r.port }

func (r *Redis) url(port int) string {
	return fmt.Sprintf("redis://:%s@127.0.0.1:%d/0", r.password, port)
}

// config is read from standard input, since arguments are public.
func (r *Redis) config(port int) string {
	return strings.Join([]string{
		"bind 127.0.0.1", "port " + strconv.Itoa(port), "requirepass " + r.password,
		"databases " + strconv.Itoa(RedisDatabases), `save ""`, "appendonly no", "daemonize no",
	}, "\n") + "\n"
}

// pingRedis speaks the protocol itself: a client would log every refused
// connection while the server comes up.
func pingRedis(ctx context.Context, port int, password string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addressOf(port))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := fmt.Fprintf(conn, "AUTH %s\r\nPING\r\n", password); err != nil {
		return err
	}
	answers := bufio.NewReader(conn)
	for _, want := range []string{"+OK", "+PONG"} {
		answer, err := answers.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.TrimSpace(answer) != want {
			return fmt.Errorf("Redis answers %q", answer)
		}
	}
	return nil
}
