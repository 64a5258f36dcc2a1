package devserver

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// StartNodeExporter tells of this machine.
func StartNodeExporter(ctx context.Context, dir string) (*Monitor, error) {
	return startExporter(ctx, dir, "prometheus-node-exporter", nil, func(address string) []string {
		return []string{"--web.listen-address=" + address, "--log.level=warn"}
	})
}

// StartPostgresExporter tells of the PostgreSQL at url.
func StartPostgresExporter(ctx context.Context, dir, url string) (*Monitor, error) {
	return startExporter(ctx, dir, "prometheus-postgres-exporter", []string{"DATA_SOURCE_NAME=" + url}, func(address string) []string {
		return []string{"--web.listen-address=" + address, "--log.level=error"}
	})
}

// StartRedisExporter tells of the Redis at url.
func StartRedisExporter(ctx context.Context, dir, url string) (*Monitor, error) {
	return startExporter(ctx, dir, "prometheus-redis-exporter", []string{"REDIS_ADDR=" + url}, func(address string) []string {
		return []string{"-web.listen-address=" + address}
	})
}

// StartNginxExporter tells of the nginx whose stub_status is at url.
func StartNginxExporter(ctx context.Context, dir, url string) (*Monitor, error) {
	return startExporter(ctx, dir, "prometheus-nginx-exporter", nil, func(address string) []string {
		return []string{"-web.listen-address=" + address, "-nginx.scrape-uri=" + url}
	})
}

// startExporter starts the exporter of a Debian package. Addresses with
// passwords go into the environment, which other users cannot read.
func startExporter(ctx context.Context, dir, name string, env []string, args func(address string) []string) (*Monitor, error) {
	path, err := FindMonitor(name, name)
	if err != nil {
		return nil, err
	}
	return StartMonitor(ctx, MonitorOptions{Name: name, Path: path, Dir: dir, Env: env, Args: args, Ready: "/metrics"})
}

// StartStatusNginx starts an nginx that does nothing but tell of itself, at the
// path /status.
func StartStatusNginx(ctx context.Context, dir string) (*Monitor, error) {
	path, err := FindMonitor("nginx", "nginx-light")
	if err != nil {
		return nil, err
	}
	return StartMonitor(ctx, MonitorOptions{
		Name: "nginx", Path: path, Dir: dir, Ready: "/status",
		Args: func(address string) []string {
			file := filepath.Join(dir, "nginx.conf")
			_ = os.WriteFile(file, fmt.Appendf(nil, statusNginx, address), 0o600) // nginx says so when it is missing
			return []string{"-p", dir, "-c", file, "-e", "error.log"}
		},
	})
}

const statusNginx = `daemon off;
pid nginx.pid;
worker_processes 1;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server { listen %s; location = /status { stub_status; } }
}
`
