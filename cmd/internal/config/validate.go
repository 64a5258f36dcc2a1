package config

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// validate finds what is wrong between variables.
func validate(c Config, r Requirement, found *faults) {
	both(found, "SSL_CERT_PATH", c.SSLCertPath, "SSL_KEY_PATH", c.SSLKeyPath)
	both(found, "TEMPORAL_TLS_CERT", c.TemporalTLSCert, "TEMPORAL_TLS_KEY", c.TemporalTLSKey)
	both(found, "S3_ACCESS_KEY", c.S3AccessKey, "S3_SECRET_KEY", c.S3SecretKey)
	if c.BackupEngine == EngineArchive {
		archiving(c, found)
	}
	for _, origin := range c.CORSOrigins {
		if !isOrigin(origin) {
			found.add("CORS_ORIGINS", quoted(origin)+" is no origin", "say scheme://host, such as https://app.football-prediction.com, without a path")
		}
	}
	if c.Environment == Production {
		production(c, r, found)
	}
}

// archiving needs a place that the server's user can read and that stays, and a
// store that pgBackRest can speak to.
func archiving(c Config, found *faults) {
	if !strings.HasPrefix(c.PgBackRestDir, "/") {
		found.add("PGBACKREST_DIR", quoted(c.PgBackRestDir)+" is no absolute path", "the server's archive_command names it; say one such as /var/lib/football-prediction/pgbackrest")
	}
	if c.S3Bucket != "" && strings.HasPrefix(string(c.S3Endpoint), "http:") {
		found.add("S3_ENDPOINT", "does not begin with https:// although BACKUP_ENGINE is pgbackrest", "pgBackRest speaks to S3 over TLS only")
	}
}

func both[T ~string](found *faults, nameA string, a T, nameB string, b T) {
	switch {
	case a != "" && b == "":
		found.add(nameB, "is not set although "+nameA+" is", "set both or neither")
	case a == "" && b != "":
		found.add(nameA, "is not set although "+nameB+" is", "set both or neither")
	}
}

func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return text == "*" || err == nil && (u.Scheme == "http" || u.Scheme == "https") &&
		u.Host != "" && !strings.Contains(u.Host, "*") && u.Path == "" && u.RawQuery == "" && u.User == nil
}

// MetricsAddr is where /metrics is served on a listener of its own, on the
// host of HTTP_ADDR; shared says that it belongs on the API's listener instead.
func (c Config) MetricsAddr() (addr string, shared bool) {
	host, port, _ := net.SplitHostPort(string(c.HTTPAddr))
	if _, is := c.HTTPAddr.Socket(); is {
		host = "127.0.0.1"
	}
	metrics := strconv.Itoa(c.MetricsPort)
	return net.JoinHostPort(host, metrics), metrics == port
}
