package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

// office is the API on a real database without football, for people.
type office struct {
	t        *testing.T
	url      string
	database harness.Database
	mail     *harness.PostOffice
	members  *membership.Members
	checker  *auditing.Checker
	reader   *auditing.Reader
	api      *rest.API
}

const goodPassword = "a sturdy bridge over water"

func newOffice(t *testing.T) *office {
	t.Helper()
	return newOfficeOn(t, harness.Postgres(t))
}

// newOfficeOn is another server on a database, with further variables.
func newOfficeOn(t *testing.T, database harness.Database, environ ...string) *office {
	t.Helper()
	return openOffice(t, database, time.Now, environ...)
}

// openOffice is a server with a clock, and with more in its environment.
func openOffice(t *testing.T, database harness.Database, now domain.Clock, environ ...string) *office {
	t.Helper()
	o := &office{t: t, database: database, mail: harness.OpenPostOffice(t)}
	address := free(t)
	c, err := config.Load(append([]string{
		"HTTP_ADDR=" + address, "METRICS_PORT=0", "DATABASE_URL=" + o.database.AppURL, "REDIS_URL=redis://127.0.0.1:1/0",
		"TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error", "SMTP_URL=" + o.mail.URL, "TRUSTED_PROXIES=127.0.0.0/8",
	}, environ...), config.ForAPI)
	must(t, err)
	app := fx.New(options(c), fx.Replace(now), fx.Populate(&o.members, &o.checker, &o.reader, &o.api))
	start, cancel := withTimeout(time.Minute)
	defer cancel()
	must(t, app.Start(start))
	t.Cleanup(func() {
		stop, cancel := withTimeout(time.Minute)
		defer cancel()
		if err := app.Stop(stop); err != nil {
			t.Error(err)
		}
	})
	o.url = "http://" + address
	return o
}

// tenant makes a tenant with one tenant_admin, admin@<slug>.com.
func (o *office) tenant(slug string) tenancy.Tenant {
	o.t.Helper()
	registrar := provisioning.NewRegistrar(postgres.NewTenants(connect(o.t, o.database.AppURL)), postgres.NewID, time.Now)
	made, err := registrar.Create(o.t.Context(), provisioning.Application{Slug: slug})
	must(o.t, err)
	o.raise(made)
	o.user(made, "admin@"+slug+".com", identity.TenantAdmin)
	return made
}

// platform makes the operators' own tenant.
func (o *office) platform() tenancy.Tenant {
	o.t.Helper()
	registrar := provisioning.NewRegistrar(postgres.NewTenants(connect(o.t, o.database.AppURL)), postgres.NewID, time.Now)
	made, err := registrar.Create(o.t.Context(), provisioning.Application{Slug: tenancy.PlatformSlug, Plan: tenancy.Enterprise, Platform: true})
	must(o.t, err)
	return made
}

func (o *office) user(t tenancy.Tenant, email string, role identity.Role) identity.User {
	o.t.Helper()
	hash, err := crypto.NewPasswords(1).Hash(o.t.Context(), goodPassword)
	must(o.t, err)
	u, err := o.members.Create(o.t.Context(), t, membership.Invitation{Email: email, Name: "Somebody", Role: role}, hash)
	must(o.t, err)
	return u
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   string
}

// call asks with an access token, and from a client's address.
func (o *office) call(method, path, token string, body any, headers ...string) reply {
	o.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		must(o.t, err)
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, o.url+"/api/v1/"+path, reader)
	must(o.t, err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	must(o.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	must(o.t, err)
	return reply{response.StatusCode, response.Header, string(text)}
}

// want fails unless the answer has a status, and part of a text.
func (r reply) want(t *testing.T, status int, part string) reply {
	t.Helper()
	if r.status != status || !strings.Contains(r.body, part) {
		t.Fatalf("answer %d %s; want %d with %q", r.status, r.body, status, part)
	}
	return r
}

func (r reply) field(t *testing.T, name string) string {
	t.Helper()
	var fields map[string]any
	must(t, json.Unmarshal([]byte(r.body), &fields))
	text, _ := fields[name].(string)
	return text
}

func credentials(tenant, email, password string) map[string]string {
	return map[string]string{"tenant": tenant, "email": email, "password": password}
}

// pair is what a sign-in gives.
type pair struct{ access, refresh string }

func (o *office) signIn(tenant, email, password string) pair {
	o.t.Helper()
	r := o.call("POST", "auth/login", "", credentials(tenant, email, password)).want(o.t, 200, "access_token")
	return pair{r.field(o.t, "access_token"), r.field(o.t, "refresh_token")}
}

func (o *office) refresh(token string) reply {
	o.t.Helper()
	return o.call("POST", "auth/refresh", "", map[string]string{"refresh_token": token})
}

// eventually waits until ask is true, for as long as a revoked credential may
// go on working.
func eventually(t *testing.T, what string, ask func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ask(); {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
		time.Sleep(20 * time.Millisecond) // polling, with the deadline above
	}
}

var tokenInMail = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)

// mailed is the token in the newest of n mails to an address.
func (o *office) mailed(to string, n int) string {
	o.t.Helper()
	var mails []harness.Mail
	eventually(o.t, "a mail to "+to, func() bool { mails = o.mail.Mails(to); return len(mails) >= n })
	text := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(mails[len(mails)-1].Text) // quoted-printable
	token := tokenInMail.FindString(text)
	if token == "" {
		o.t.Fatalf("no token in the mail\n%s", text)
	}
	return token
}

// sound fails unless the audit log holds these actions and is unharmed.
func (o *office) sound(t tenancy.Tenant, actions ...string) {
	o.t.Helper()
	v, err := o.checker.Check(o.t.Context(), nil, func(string, int64) {})
	must(o.t, err)
	if len(v.Faults) != 0 {
		o.t.Errorf("the audit log is harmed: %v", v.Faults)
	}
	for _, action := range actions {
		found, err := o.reader.Of(o.t.Context(), t.ID, auditing.Filter{Action: action}, 0, 1)
		must(o.t, err)
		if len(found) == 0 {
			o.t.Errorf("the audit log has no %s", action)
		}
	}
}

// raise lets a tenant call and predict without end, since tests ask often.
func (o *office) raise(t tenancy.Tenant) {
	o.t.Helper()
	_, err := connect(o.t, o.database.AdminURL).ExecContext(o.t.Context(),
		`UPDATE tenants SET limit_api_calls = 100000000, limit_predictions = 1000000 WHERE tenant_id = ?`, t.ID)
	must(o.t, err)
}
