package main

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"
)

// certificateAge bounds how long a renewed certificate waits for its first use.
const certificateAge = time.Second

// certificate is the one in two files, which are read again when they change:
// what renews certificates restarts nothing. Files that do not belong together,
// as in the middle of a renewal, leave the certificate as it was.
type certificate struct {
	certPath, keyPath string
	log               *zap.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	read   [2]time.Time // when the files were changed that pair is from
	looked time.Time
	broken bool
}

// openCertificate reads for the first time, which must succeed.
func openCertificate(certPath, keyPath string, log *zap.Logger) (*certificate, error) {
	c := &certificate{certPath: certPath, keyPath: keyPath, log: log}
	if err := c.look(time.Now()); err != nil {
		return nil, fmt.Errorf("SSL_CERT_PATH and SSL_KEY_PATH: %w", err)
	}
	return c, nil
}

// get is a [tls.Config]'s GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) >= certificateAge {
		err := c.look(now)
		if err != nil && !c.broken {
			c.log.Error("the renewed certificate is not used: the files cannot be read or do not belong together", zap.Error(err))
		}
		c.broken = err != nil
	}
	return c.pair, nil
}

func (c *certificate) look(now time.Time) error {
	c.looked = now
	var changed [2]time.Time
	for i, path := range []string{c.certPath, c.keyPath} {
		about, err := os.Stat(path) // through the links that certbot exchanges
		if err != nil {
			return err
		}
		changed[i] = about.ModTime()
	}
	if changed == c.read {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certPath, c.keyPath)
	if err != nil {
		return err
	}
	if c.pair != nil {
		c.log.Info("the certificate was renewed", zap.Time("until", pair.Leaf.NotAfter))
	}
	c.pair, c.read = &pair, changed
	return nil
}
