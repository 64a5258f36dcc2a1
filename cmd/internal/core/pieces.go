package core

import (
	"path/filepath"

	"github.com/football-prediction/football-prediction/adapters/archive"
	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
)

// Postgres is where service reads and writes.
func Postgres(service string, c config.Config) postgres.Config {
	return postgres.Config{URL: string(c.DatabaseURL), ReadURL: string(c.DatabaseReadURL), PoolSize: c.DBPoolSize, ApplicationName: "football-" + service}
}

// Redis is where what may be lost is kept.
func Redis(c config.Config) redis.Config {
	nodes := make([]string, len(c.RedisClusterNodes))
	for i, n := range c.RedisClusterNodes {
		nodes[i] = string(n)
	}
	return redis.Config{URL: string(c.RedisURL), Nodes: nodes}
}

// Archive is where the archives of tenants are kept: apart from what users send.
func Archive(c config.Config) archive.Config {
	if c.UploadsDir == "" {
		return archive.Config{}
	}
	return archive.Config{Dir: filepath.Join(c.UploadsDir, "exports")}
}

// Temporal is where workflows run. It reads the keys of payloads, when there are any.
func Temporal(c config.Config, now domain.Clock) (temporal.Config, error) {
	out := temporal.Config{
		Address: string(c.TemporalAddress), Namespace: c.TemporalNamespace,
		TLSCert: string(c.TemporalTLSCert), TLSKey: string(c.TemporalTLSKey), TLSCA: string(c.TemporalTLSCA),
		APIKey: string(c.TemporalAPIKey),
	}
	if c.TemporalCodecKeyFile == "" {
		return out, nil
	}
	cipher, err := crypto.OpenPayloads(string(c.TemporalCodecKeyFile), now)
	if err != nil {
		return out, err
	}
	out.Cipher = cipher
	return out, nil
}
