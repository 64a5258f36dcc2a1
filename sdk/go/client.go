package footballprediction

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Client calls the API. Use [New]; it may be used by many goroutines at once.
type Client struct{ *ClientWithResponses }

// Option changes how a [Client] works.
type Option func(*settings)

type settings struct {
	http       *http.Client
	userAgent  string
	retries    Retries
	credential Credential
}

// HTTPClient sends requests through c, such as one with another timeout or
// transport. The default gives up on an attempt after half a minute.
func HTTPClient(c *http.Client) Option { return func(s *settings) { s.http = c } }

// UserAgent names the calling program to the server.
func UserAgent(name string) Option { return func(s *settings) { s.userAgent = name } }

// Retry replaces the [Retries] of the default.
func Retry(r Retries) Option { return func(s *settings) { s.retries = r } }

// New returns a client of the API at an address such as
// https://api.example.com. The credential may be nil for what needs none.
func New(address string, credential Credential, options ...Option) (*Client, error) {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, errors.New("football prediction: the address must be a URL such as https://api.example.com")
	}
	s := settings{http: &http.Client{Timeout: 30 * time.Second}, userAgent: "football-prediction-go", credential: credential}
	for _, option := range options {
		option(&s)
	}
	generated, err := NewClientWithResponses(address, WithHTTPClient(&sender{settings: s}))
	if err != nil {
		return nil, err
	}
	return &Client{generated}, nil
}

// Credential says who calls: an [APIKey], an [AccessToken], or a [*Session].
type Credential interface {
	// authorize adds the credential to a request. Fresh asks for another than
	// the one the server just refused; it reports whether there is one.
	authorize(r *http.Request, fresh bool) (bool, error)
}

// APIKey is the credential of a program, fp_live_….
type APIKey string

func (k APIKey) authorize(r *http.Request, fresh bool) (bool, error) {
	r.Header.Set("X-API-Key", string(k))
	return !fresh, nil
}

// AccessToken is the credential of a signed-in user, for some minutes. A
// [Session] keeps one fresh.
type AccessToken string

func (t AccessToken) authorize(r *http.Request, fresh bool) (bool, error) {
	r.Header.Set("Authorization", "Bearer "+string(t))
	return !fresh, nil
}

// sender is what the generated client sends requests with.
type sender struct{ settings }

// Do sends a request, again when that helps, and turns what is no success into
// an [*Error].
func (s *sender) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", cmp.Or(r.Header.Get("User-Agent"), s.userAgent))
	if s.credential != nil {
		if _, err := s.credential.authorize(r, false); err != nil {
			return nil, err
		}
	}
	response, err := s.retries.do(r, s.http.Do)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusUnauthorized && s.credential != nil && rewind(r) == nil {
		if another, err := s.credential.authorize(r, true); err == nil && another {
			drain(response)
			if response, err = s.retries.do(r, s.http.Do); err != nil {
				return nil, err
			}
		}
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, errorOf(response)
	}
	return response, nil
}
