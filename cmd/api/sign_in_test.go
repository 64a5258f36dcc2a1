package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

func TestAPersonSignsInAndOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	first := o.signIn("acme", " Admin@ACME.com ", goodPassword)
	me := o.call("GET", "users/me", first.access, nil).want(t, 200, `"email":"admin@acme.com"`)
	if me.header.Get("ETag") == "" || strings.Contains(me.body, "argon2") {
		t.Errorf("me is %s", me.body)
	}
	o.call("GET", "users/me", first.refresh, nil).want(t, 401, "access.unauthenticated")
	o.refresh(first.access).want(t, 401, "auth.session_ended")
	o.call("PATCH", "users/me", first.access, map[string]string{"name": "Ada"}, "If-Match", me.header.Get("ETag")).want(t, 200, "Ada")
	o.call("PATCH", "users/me", first.access, map[string]string{"name": "Eve"}, "If-Match", me.header.Get("ETag")).want(t, 412, "request.precondition")
	other := o.signIn("acme", "admin@acme.com", goodPassword)
	o.call("POST", "auth/logout", first.access, map[string]bool{}).want(t, 204, "")
	eventually(t, "a signed-out token stops", func() bool { return o.call("GET", "users/me", first.access, nil).status == 401 })
	o.refresh(first.refresh).want(t, 401, "auth.session_ended")
	o.call("GET", "users/me", other.access, nil).want(t, 200, "Ada") // another device
	o.sound(acme, "auth.signed_in", "auth.signed_out", "user.changed")
}

func TestARefusalTellsNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	o.tenant("globex")
	var answers []string
	for i, c := range []map[string]string{
		credentials("acme", "admin@acme.com", "wrong password!"), credentials("acme", "nobody@acme.com", goodPassword),
		credentials("globex", "admin@acme.com", goodPassword), credentials("nowhere", "admin@acme.com", goodPassword),
		credentials("acme", "not an address", goodPassword), credentials("'; DROP TABLE users --", "admin@acme.com", "x"),
		credentials("acme", "admin@acme.com\x00", goodPassword),
	} {
		r := o.call("POST", "auth/login", "", c, "X-Forwarded-For", fmt.Sprintf("198.51.%d.1", i), "X-Request-ID", "same").want(t, 401, "auth.refused")
		if r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("a refusal may be kept: %v", r.header)
		}
		answers = append(answers, r.body)
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("refusals differ:\n%s\n%s", a, answers[0])
		}
	}
	o.sound(acme, "auth.refused")
}

func TestATokenThatTwoPartiesHaveEndsTheSession(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	first := o.signIn("acme", "admin@acme.com", goodPassword).refresh
	second := o.refresh(first).want(t, 200, "refresh_token").field(t, "refresh_token")
	again := o.refresh(first).want(t, 200, "refresh_token").field(t, "refresh_token") // the answer was lost
	third := o.refresh(again).want(t, 200, "refresh_token")
	o.refresh(second).want(t, 200, "refresh_token") // the same generation, just rotated: a request that crossed
	o.refresh(first).want(t, 401, "auth.session_ended")
	o.refresh(third.field(t, "refresh_token")).want(t, 401, "auth.session_ended")
	eventually(t, "the access token stops", func() bool { return o.call("GET", "users/me", third.field(t, "access_token"), nil).status == 401 })
	o.sound(acme, "auth.token_reused")
}

func TestManyRefreshAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tenant("acme")
	token := o.signIn("acme", "admin@acme.com", goodPassword).refresh
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		next string
	)
	for range 20 {
		wait.Go(func() {
			r := o.refresh(token)
			if r.status != 200 {
				t.Errorf("one of many at once: %d %s", r.status, r.body)
				return
			}
			mu.Lock()
			next = r.field(t, "refresh_token")
			mu.Unlock()
		})
	}
	wait.Wait()
	o.refresh(next).want(t, 200, "refresh_token")
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	const email, second, third = "admin@acme.com", "another long password", "and a third one, longer"
	here, there := o.signIn("acme", email, goodPassword), o.signIn("acme", email, goodPassword)
	change := func(old, replacement string) reply {
		return o.call("POST", "auth/password/change", here.access, map[string]string{"old_password": old, "password": replacement})
	}
	change("wrong", second).want(t, 422, "body.old_password")
	change(goodPassword, "password1234").want(t, 422, "tried first")
	change(goodPassword, second).want(t, 204, "")
	eventually(t, "other sessions end", func() bool { return o.call("GET", "users/me", there.access, nil).status == 401 })
	o.call("GET", "users/me", here.access, nil).want(t, 200, email)
	o.call("POST", "auth/login", "", credentials("acme", email, goodPassword)).want(t, 401, "auth.refused")

	forgot := func(tenant, email string) {
		o.call("POST", "auth/password/forgot", "", map[string]string{"tenant": tenant, "email": email}).want(t, 202, "")
	}
	forgot("acme", "nobody@acme.com")
	forgot("nowhere", email)
	forgot("acme", email)
	token := o.mailed(email, 1)
	reset := func(token, password string) reply {
		return o.call("POST", "auth/password/reset", "", map[string]string{"token": token, "password": password})
	}
	reset(token, "short").want(t, 422, "")
	reset(token[:len(token)-4]+"AAAA", third).want(t, 422, "auth.reset_token")
	reset(here.refresh, third).want(t, 422, "auth.reset_token")
	reset(token, third).want(t, 204, "")
	reset(token, second).want(t, 422, "auth.reset_token") // it is good once
	o.signIn("acme", email, third)
	if n := len(o.mail.Mails("nobody@acme.com")); n != 0 {
		t.Errorf("%d mails to nobody", n)
	}
	o.sound(acme, "password.changed", "password.reset_asked", "password.reset")
}

func TestASecondFactor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme := o.tenant("acme")
	const email = "admin@acme.com"
	token := o.signIn("acme", email, goodPassword).access
	secret := o.call("POST", "users/me/totp", token, nil).want(t, 201, "otpauth://").field(t, "secret")
	code := func(at time.Time) string {
		made, err := totp.GenerateCode(secret, at)
		must(t, err)
		return made
	}
	confirm := func(code string) reply {
		return o.call("POST", "users/me/totp/confirm", token, map[string]string{"code": code})
	}
	o.signIn("acme", email, goodPassword) // it does not hold before it is confirmed
	confirm("000000").want(t, 422, "totp.wrong")
	confirmed := confirm(code(time.Now())).want(t, 200, "recovery_codes")
	recovery := strings.Split(confirmed.body, `"`)[3]
	signIn := func(code string) reply {
		c := credentials("acme", email, goodPassword)
		c["totp"] = code
		return o.call("POST", "auth/login", "", c)
	}
	signIn("").want(t, 401, "auth.totp_required")
	signIn(code(time.Now())).want(t, 401, "auth.totp_required") // used to confirm
	signIn(code(time.Now().Add(30*time.Second))).want(t, 200, "access_token")
	signIn(strings.ToLower(recovery)).want(t, 200, "access_token")
	signIn(recovery).want(t, 401, "auth.totp_required") // good once
	wrong := credentials("acme", email, "wrong password!")
	wrong["totp"] = code(time.Now())
	o.call("POST", "auth/login", "", wrong).want(t, 401, "auth.refused")
	o.call("POST", "users/me/totp", token, nil).want(t, 409, "totp.exists")
	other := strings.Split(confirmed.body, `"`)[5]
	o.call("POST", "users/me/totp/remove", token, map[string]string{"password": goodPassword, "code": other}).want(t, 204, "")
	signIn("").want(t, 200, "access_token")
	o.sound(acme, "totp.confirmed", "totp.recovery_used", "totp.removed")
}
