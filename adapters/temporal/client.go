// Package temporal connects to Temporal: it hosts workers, keeps schedules as
// the code defines them, starts runs and follows them, and replays what has
// run against the definitions at hand. What the workflows do is theirs.
package temporal

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.uber.org/zap"
)

// Config says where Temporal is and how to prove who we are. Certificate, key
// and authority are PEM text or the path of a file that holds it.
type Config struct {
	Address   string // host:port
	Namespace string // "default" when empty
	TLSCert   string
	TLSKey    string
	TLSCA     string // the server's authority; the system's when empty
	APIKey    string
	Cipher    Cipher // payloads are sent as they are when nil
}

// Instruments are what watches the calls and the work of a client. Zero fields
// watch nothing.
type Instruments struct {
	Metrics      client.MetricsHandler
	Interceptors []interceptor.ClientInterceptor
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
	return OpenWatched(c, Instruments{}, logger)
}

// OpenWatched is [Open] for a client that is watched.
func OpenWatched(c Config, i Instruments, logger *zap.Logger) (client.Client, error) {
	options := client.Options{
		HostPort: c.Address, Namespace: c.namespace(), Logger: newLogger(logger),
		MetricsHandler: i.Metrics, Interceptors: i.Interceptors,
	}
	if c.APIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(c.APIKey)
	}
	var err error
	if options.ConnectionOptions.TLS, err = c.tls(); err != nil {
		return nil, err
	}
	if options.ConnectionOptions.DialOptions, err = sealing(c.Cipher); err != nil {
		return nil, err
	}
	opened, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("open Temporal client: %w", err)
	}
	return opened, nil
}

// tls is nil for a server that is spoken to in the clear.
func (c Config) tls() (*tls.Config, error) {
	if c.APIKey == "" && c.TLSCert == "" && c.TLSKey == "" && c.TLSCA == "" {
		return nil, nil
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLSCert != "" || c.TLSKey != "" {
		pair, err := keyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, err
		}
		t.Certificates = []tls.Certificate{pair}
	}
	if c.TLSCA == "" {
		return t, nil
	}
	authority, err := pemText(c.TLSCA)
	if err != nil {
		return nil, fmt.Errorf("TEMPORAL_TLS_CA: %w", err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(authority) {
		return nil, errors.New("TEMPORAL_TLS_CA holds no certificate in PEM")
	}
	return t, nil
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
