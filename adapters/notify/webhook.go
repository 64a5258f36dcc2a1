package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// The errors of channels. What they say never holds a webhook's address, which
// is a credential.
var (
	// ErrChannelAway may pass.
	ErrChannelAway = &domain.Error{Kind: domain.Unavailable, Code: "notify.channel"}
	// ErrChannelRefused does not pass by itself.
	ErrChannelRefused = &domain.Error{Kind: domain.Forbidden, Code: "notify.refused"}
)

// mostAnswer is what is read of an answer; those of webhooks are short.
const mostAnswer = 4 << 10

// webhook posts JSON to an address.
type webhook struct {
	name   string
	client *http.Client
}

func newWebhook(name string) webhook {
	return webhook{name: name, client: &http.Client{
		Timeout: timeout,
		// A redirect would carry the text to where nobody has asked for it.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// post returns the answer of a 200, and an error in our words otherwise.
func (w webhook) post(ctx context.Context, address string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(text))
	if err != nil {
		return nil, domain.Errorf(domain.Invalid, ErrChannelRefused.Code, "the address of the %s webhook cannot be used", w.name)
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := w.client.Do(request)
	if err != nil {
		return nil, domain.Errorf(domain.Unavailable, ErrChannelAway.Code, "%s cannot be reached: %s", w.name, withoutAddress(err))
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return nil, domain.Errorf(domain.Unavailable, ErrChannelAway.Code, "the answer of %s broke off: %s", w.name, withoutAddress(err))
	}
	return answer, w.judge(response, answer)
}

func (w webhook) judge(r *http.Response, answer []byte) error {
	switch {
	case r.StatusCode == http.StatusOK:
		return nil
	case r.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(r.Header.Get("Retry-After"))
		return w.tooFast(time.Duration(seconds) * time.Second)
	case r.StatusCode >= http.StatusInternalServerError:
		return domain.Errorf(domain.Unavailable, ErrChannelAway.Code, "%s answers %d", w.name, r.StatusCode)
	}
	return domain.Errorf(domain.Forbidden, ErrChannelRefused.Code, "%s refuses with %d: %.100s", w.name, r.StatusCode, answer)
}

func (w webhook) tooFast(after time.Duration) error {
	err := domain.Errorf(domain.Exhausted, ErrChannelAway.Code, "%s asks for patience", w.name)
	err.RetryAfter = after
	return err
}

// withoutAddress is an error of the HTTP client without the address, which it
// would repeat.
func withoutAddress(err error) string {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return fmt.Sprint(err)
}
