package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/adapters/crypto"
)

// leastKey is the fewest characters of a signing key in production: 128 bits
// in hexadecimal.
const leastKey = 32

// published are values that stand in documents and examples, so everybody
// knows them.
var published = []string{
	"dev-secret-key-change-in-production", "dev-jwt-secret", "dev_pass", "secure_pass",
	"password", "secret", "changeme", "change-me", "postgres", "minioadmin", "PASSWORD",
}

// production refuses what is only fit for development.
func production(c Config, r Requirement, found *faults) {
	if c.Debug {
		found.add("DEBUG", "is true in production", "set DEBUG=false")
	}
	if slices.Contains(c.AllowedHosts, "*") && (r.public || c.origins["ALLOWED_HOSTS"] == Given) {
		found.add("ALLOWED_HOSTS", "allows every host", "list host names, such as api.football-prediction.com,*.football-prediction.com")
	}
	if slices.Contains(c.CORSOrigins, "*") {
		found.add("CORS_ORIGINS", "lets the pages of every origin call", "list the origins of your own pages, such as https://app.football-prediction.com")
	}
	if _, shared := c.MetricsAddr(); r.public && shared && c.PrometheusEnabled {
		found.add("METRICS_PORT", "would show metrics on the public port", "set it to another port than that of HTTP_ADDR")
	}
	if r.keys && c.origins["ENCRYPTION_KEY_FILE"] == Unset {
		found.add("ENCRYPTION_KEY_FILE", "is not set, so personal data would be sealed with a key made from SECRET_KEY", "make one with: footballctl keys generate --out FILE")
	}
	if r.keys {
		refuseTemporal(c, found)
	}
	refuseSecrets(c, r, found)
	refuseConnections(c, found)
}

// refuseTemporal wants a Temporal elsewhere to know who calls, and no Temporal
// to read what it carries.
func refuseTemporal(c Config, found *faults) {
	if !isLocal(string(c.TemporalAddress)) && c.TemporalTLSCert == "" && c.TemporalAPIKey == "" {
		found.add("TEMPORAL_TLS_CERT", "is not set although TEMPORAL_ADDRESS leaves the machine", "set TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY, or TEMPORAL_API_KEY")
	}
	if c.TemporalCodecKeyFile == "" && c.origins["TEMPORAL_CODEC_KEY_FILE"] == Unset {
		found.add("TEMPORAL_CODEC_KEY_FILE", "is not set, so Temporal would keep what workflows are given in the clear", "make one with: footballctl keys generate --payloads --out FILE")
	}
}

func refuseSecrets(c Config, r Requirement, found *faults) {
	const remedy = "give a secret of your own, such as the output of: openssl rand -hex 32"
	eachField(c, func(name string, value reflect.Value) {
		var texts []string
		switch v := value.Interface().(type) {
		case Secret:
			texts = []string{string(v)}
		case URL:
			texts = []string{v.password()}
		}
		isKey := name == "SECRET_KEY" || name == "JWT_SECRET_KEY"
		if isKey && !r.keys && c.origins[name] == Default {
			return
		}
		if name == "JWT_SECRET_KEY" && texts[0] != "" {
			var err error
			if texts, err = crypto.TokenSecrets(texts[0]); err != nil {
				found.add(name, "cannot be read: "+err.Error(), remedy)
			}
		}
		for _, text := range texts {
			if what := unfit(text, isKey); text != "" && what != "" {
				found.add(name, what, remedy)
				return
			}
		}
	})
}

// unfit is what makes a secret unfit for production, or "".
func unfit(secret string, isKey bool) string {
	switch {
	case slices.Contains(published, secret):
		return "is a default that everybody knows"
	case strings.HasPrefix(secret, "${"):
		return "is a placeholder that nothing has filled in"
	case isKey && len(secret) < leastKey:
		return "is shorter than 32 characters"
	}
	return ""
}

// FitKey returns an error for a signing key that is not fit for production, in
// production: keys are also looked at when they change later.
func (c Config) FitKey(secret string) error {
	if what := unfit(secret, true); c.Environment == Production && what != "" {
		return errors.New("a secret in it " + what)
	}
	return nil
}

func refuseConnections(c Config, found *faults) {
	eachField(c, func(name string, value reflect.Value) {
		u, ok := value.Interface().(URL)
		if !ok || u == "" || !strings.HasSuffix(name, "DATABASE_URL") && name != "DATABASE_READ_URL" {
			return
		}
		if leavesMachine(u) {
			found.add(name, "leaves the machine without sslmode=verify-full", "add sslmode=verify-full to the URL, with sslrootcert if the authority is your own")
		}
	})
}

// leavesMachine reports whether a connection to any of u's hosts leaves this
// machine without its certificate being verified in full.
func leavesMachine(u URL) bool {
	parsed, err := url.Parse(string(u))
	if err != nil {
		return true
	}
	query := parsed.Query()
	if modes := query["sslmode"]; len(modes) == 1 && modes[0] == "verify-full" {
		return false
	}
	hosts := parsed.Host
	for _, name := range []string{"host", "hostaddr"} {
		// These replace or add to the host of the URL, so all have to stay here.
		hosts += "," + strings.Join(query[name], ",")
	}
	for host := range strings.SplitSeq(hosts, ",") {
		if !isLocal(host) {
			return true
		}
	}
	return false
}

// isLocal reports whether host is this machine: nothing, a socket's folder,
// localhost or a loopback address, with or without a port.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if host == "" || host == "localhost" || strings.HasPrefix(host, "/") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
