package rest_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/rest"
)

func TestWhereARequestComesFrom(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"nobody between":                {"203.0.113.7:4000", nil, "203.0.113.7"},
		"a stranger who says so":        {"203.0.113.7:4000", []string{"192.0.2.1"}, "203.0.113.7"},
		"a proxy of ours":               {"10.0.0.1:4000", []string{"192.0.2.1"}, "192.0.2.1"},
		"two proxies of ours":           {"10.0.0.1:4000", []string{"192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
		"a client that makes up a hop":  {"10.0.0.1:4000", []string{"198.51.100.9, 192.0.2.1"}, "192.0.2.1"},
		"two headers":                   {"10.0.0.1:4000", []string{"198.51.100.9", "192.0.2.1"}, "192.0.2.1"},
		"one that claims to be a proxy": {"10.0.0.1:4000", []string{"10.9.9.9, 192.0.2.1"}, "192.0.2.1"},
		"rubbish":                       {"10.0.0.1:4000", []string{"<script>"}, "10.0.0.1"},
		"rubbish beyond":                {"10.0.0.1:4000", []string{"<script>, 192.0.2.1"}, "192.0.2.1"},
		"nothing":                       {"10.0.0.1:4000", []string{""}, "10.0.0.1"},
		"IPv6":                          {"[fd00::1]:4000", []string{"2001:db8::5"}, "2001:db8::5"},
		"IPv4 as IPv6":                  {"[::ffff:10.0.0.1]:4000", []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		"a zone":                        {"10.0.0.1:4000", []string{"fe80::1%eth0"}, "fe80::1"},
		"a socket":                      {"@", nil, "@"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, func(d *rest.Dependencies) { d.Config.TrustedProxies = trusted })
			r := httptest.NewRequest("GET", "/api/v1/teams", nil)
			r.RemoteAddr = c.peer
			for _, value := range c.forwarded {
				r.Header.Add("X-Forwarded-For", value)
			}
			s.ServeHTTP(httptest.NewRecorder(), r)
			logged := s.logs.FilterMessage("request").All()
			if len(logged) != 1 || logged[0].ContextMap()["remote"] != c.want {
				t.Errorf("logged %v, want %q", logged, c.want)
			}
		})
	}
}
