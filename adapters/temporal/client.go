// Package temporal connects to Temporal: it hosts workers, keeps schedules as
// the code defines them, starts runs and follows them, and replays what has
// run against the definitions at hand. What the workflows do is theirs.
package temporal

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.temporal.io/sdk/client"
	"go.uber.org/zap"
)

// Config says where Temporal is and how to prove who we are. Certificate and
// key are PEM text or the path of a file that holds it.
type Config struct {
	Address   string // host:port
	Namespace string // "default" when empty
	TLSCert   string
	TLSKey    string
	APIKey    string
}

func (c Config) namespace() string {
	if c.Namespace == "" {
		return client.DefaultNamespace
	}
	return c.Namespace
}

// Open returns a client that connects when it is first used and again whenever
// the connection is lost, so a process starts and goes on while Temporal is
// away.
func Open(c Config, logger *zap.Logger) (client.Client, error) {
	options := client.Options{HostPort: c.Address, Namespace: c.namespace(), Logger: newLogger(logger)}
	if c.APIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(c.APIKey)
		options.ConnectionOptions.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if c.TLSCert != "" || c.TLSKey != "" {
		pair, err := keyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, err
		}
		options.ConnectionOptions.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	}
	opened, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("open Temporal client: %w", err)
	}
	return opened, nil
}

func keyPair(cert, key string) (tls.Certificate, error) {
	certPEM, err := pemText(cert)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("TEMPORAL_TLS_CERT: %w", err)
	}
	keyPEM, err := pemText(key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("TEMPORAL_TLS_KEY: %w", err)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY: %w", err)
	}
	return pair, nil
}

func pemText(value string) ([]byte, error) {
	if value == "" {
		return nil, errors.New("is missing; certificate and key belong together")
	}
	if strings.HasPrefix(strings.TrimSpace(value), "-----BEGIN") {
		return []byte(value), nil
	}
	return os.ReadFile(value)
}

// Ping returns a probe that is nil while Temporal answers.
func Ping(c client.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := c.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
			return fmt.Errorf("ask Temporal for its health: %w", err)
		}
		return nil
	}
}
