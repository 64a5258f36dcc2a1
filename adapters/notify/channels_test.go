package notify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/notify"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// team is a server that answers as it is told and remembers what came.
type team struct {
	*httptest.Server
	query  map[string]string
	body   map[string]any
	status int
	after  string
	answer string
}

func newTeam(t *testing.T) *team {
	t.Helper()
	s := &team{status: http.StatusOK, answer: "ok", query: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.URL.Query() {
			s.query[name] = values[0]
		}
		text, _ := io.ReadAll(r.Body)
		s.body = nil
		_ = json.Unmarshal(text, &s.body)
		if s.after != "" {
			w.Header().Set("Retry-After", s.after)
		}
		if s.status >= 300 && s.status < 400 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, s.answer)
	}))
	t.Cleanup(s.Close)
	return s
}

const secretPath = "/services/T000/B000/the-secret-of-the-address"

var notice = notifying.Notice{Subject: "API <down> & out", Body: "<!channel> see *here*"}

func TestSlackIsPosted(t *testing.T) {
	t.Parallel()
	s := newTeam(t)
	slack := notify.NewSlack(s.URL + secretPath)
	if err := slack.Post(t.Context(), notice); err != nil {
		t.Fatal(err)
	}
	if got := s.body["text"]; got != "*API &lt;down&gt; &amp; out*\n&lt;!channel&gt; see *here*" {
		t.Errorf("posted %q", got)
	}
	if err := slack.Post(t.Context(), notifying.Notice{Subject: "long", Body: strings.Repeat("ö", 10_000)}); err != nil || len([]rune(s.body["text"].(string))) != 4_000 {
		t.Errorf("a long one: %v, %d characters", err, len([]rune(s.body["text"].(string))))
	}
}

// DingTalk's server signs what came and compares.
func TestDingTalkIsSigned(t *testing.T) {
	t.Parallel()
	s := newTeam(t)
	s.answer = `{"errcode":0,"errmsg":"ok"}`
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	robot := notify.NewDingTalk(s.URL+"/robot/send?access_token=the-secret-of-the-address", "SEC+/=", func() time.Time { return at })
	if err := robot.Post(t.Context(), notice); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte("SEC+/="))
	mac.Write([]byte("1772355600000\nSEC+/="))
	if want := base64.StdEncoding.EncodeToString(mac.Sum(nil)); s.query["timestamp"] != "1772355600000" || s.query["sign"] != want || s.query["access_token"] == "" {
		t.Errorf("signed %v, want %s", s.query, want)
	}
	text, _ := s.body["text"].(map[string]any)
	if s.body["msgtype"] != "text" || text["content"] != "API <down> & out\n<!channel> see *here*" {
		t.Errorf("posted %v", s.body)
	}
}

// What goes wrong is told apart, and never with the address, which is a secret.
func TestChannelsThatFail(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		after  string
		answer string
		slack  domain.Kind
		ding   domain.Kind
		wait   time.Duration // that Slack asks for
	}{
		"too fast":       {http.StatusTooManyRequests, "30", "", domain.Exhausted, domain.Exhausted, 30 * time.Second},
		"busy":           {http.StatusBadGateway, "", "", domain.Unavailable, domain.Unavailable, 0},
		"unknown":        {http.StatusNotFound, "", "no_service", domain.Forbidden, domain.Forbidden, 0},
		"leads away":     {http.StatusFound, "", "", domain.Forbidden, domain.Forbidden, 0},
		"a wrong sign":   {http.StatusOK, "", `{"errcode":310000,"errmsg":"sign not match"}`, 0, domain.Forbidden, 0},
		"a blocked one":  {http.StatusOK, "", `{"errcode":130101,"errmsg":"send too fast"}`, 0, domain.Exhausted, 0},
		"their trouble":  {http.StatusOK, "", `{"errcode":-1,"errmsg":"busy"}`, 0, domain.Unavailable, 0},
		"another's page": {http.StatusOK, "", `<html>`, 0, domain.Unavailable, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTeam(t)
			s.status, s.after, s.answer = test.status, test.after, test.answer
			for channel, want := range map[notifying.Channel]domain.Kind{
				notify.NewSlack(s.URL + secretPath):                 test.slack,
				notify.NewDingTalk(s.URL+secretPath, "s", time.Now): test.ding,
			} {
				err := channel.Post(t.Context(), notice)
				var known *domain.Error
				if want == 0 {
					if err != nil {
						t.Errorf("%s: %v", channel.Name(), err)
					}
					continue
				}
				if !errors.As(err, &known) || known.Kind != want || strings.Contains(err.Error(), "the-secret") || strings.Contains(err.Error(), s.URL) {
					t.Errorf("%s: %v", channel.Name(), err)
				}
				if channel.Name() == "slack" && known != nil && known.RetryAfter != test.wait {
					t.Errorf("to wait for %s", known.RetryAfter)
				}
			}
		})
	}
	for _, address := range []string{"http://127.0.0.1:1" + secretPath, "://" + secretPath, "http://[" + secretPath} {
		for _, channel := range []notifying.Channel{notify.NewSlack(address), notify.NewDingTalk(address, "the-secret", time.Now)} {
			if err := channel.Post(t.Context(), notice); err == nil || strings.Contains(err.Error(), "the-secret") {
				t.Errorf("%s at a wrong address: %v", channel.Name(), err)
			}
		}
	}
}
