package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/test/harness"
)

// Profiles are on the port of the metrics, to whoever may run operations, and
// nowhere else.
func TestProfilesOfTheAPI(t *testing.T) {
	t.Parallel()
	metrics := free(t)
	_, port, _ := net.SplitHostPort(metrics)
	o := newOfficeOn(t, harness.Postgres(t), "METRICS_PORT="+port)
	home := o.platform()
	o.user(home, "op@platform.com", identity.Operator)
	acme := o.tenant("acme")
	operator := o.signIn(tenancy.PlatformSlug, "op@platform.com", goodPassword).access
	stranger := o.signIn(acme.Slug, "admin@acme.com", goodPassword).access
	get := func(base, token string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/debug/pprof/heap", nil)
		must(t, err)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := http.DefaultClient.Do(r)
		must(t, err)
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		must(t, err)
		return response.StatusCode, string(text)
	}
	for name, c := range map[string]struct {
		base, token string
		want        int
	}{
		"nobody":             {"http://" + metrics, "", 401},
		"a tenant's admin":   {"http://" + metrics, stranger, 403},
		"an operator":        {"http://" + metrics, operator, 200},
		"on the public port": {o.url, operator, 404},
	} {
		code, text := get(c.base, c.token)
		if code != c.want || (code == 200) != strings.HasPrefix(text, "\x1f\x8b") {
			t.Errorf("%s: %d with %d bytes, want %d", name, code, len(text), c.want)
		}
	}
	o.sound(home, "profile.taken")
}
