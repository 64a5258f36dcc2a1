package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Request asks for one file.
type Request struct {
	URL string
	// Header holds what is sent beside the client's own headers. It is never
	// part of an error.
	Header http.Header
	// Known is the fingerprint of the content that the caller has, or empty.
	Known   string
	Limiter Limiter // nil for none
	// Missing lists the statuses, beside 404 and 410, by which this server
	// says that it has no such file.
	Missing []int
}

// Response is the answer.
type Response struct {
	Body        []byte // nil when Unchanged
	Fingerprint string
	Unchanged   bool // the content is the one that Request.Known stands for
}

// Get gets a file, trying again after what may pass: errors of the network, a
// body that was cut short, 429 and 5xx. Errors are [ingesting.ErrNoEdition]
// for 404 and 410, [ingesting.ErrUnreadable] for what won't change by asking
// again, [ingesting.ErrUnavailable] for the rest, and ctx's own when it ends.
func (c *Client) Get(ctx context.Context, r Request) (Response, error) {
	address, err := url.Parse(r.URL)
	if err != nil || address.Host == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return Response{}, failure(ingesting.ErrUnreadable, "an address of a source must begin with https:// or http://")
	}
	for attempt := 0; ; attempt++ {
		response, wait, err := c.try(ctx, r)
		if err == nil {
			return response, nil
		}
		if ctx.Err() != nil {
			return Response{}, fmt.Errorf("get %s: %w", public(address), context.Cause(ctx))
		}
		var named *domain.Error
		if errors.As(err, &named) {
			return Response{}, err // a limiter's
		}
		var again *retryableError
		if !errors.As(err, &again) {
			return Response{}, failure(kind(err, r.Missing), "get %s: %s", public(address), redact(err))
		}
		if attempt+1 == c.options.Attempts {
			return Response{}, failure(ingesting.ErrUnavailable, "get %s: %s, %d times", public(address), redact(err), attempt+1)
		}
		if wait > c.options.MaxDelay {
			return Response{}, failure(ingesting.ErrUnavailable, "get %s: %s; the server asks to wait for %s",
				public(address), redact(err), wait.Round(time.Second))
		}
		if err := c.options.Sleep(ctx, max(wait, c.backOff(attempt))); err != nil {
			return Response{}, fmt.Errorf("get %s: %w", public(address), err)
		}
	}
}

// try asks once. wait is what the server asks for before the next time.
func (c *Client) try(ctx context.Context, r Request) (_ Response, wait time.Duration, _ error) {
	if r.Limiter != nil {
		if err := r.Limiter.Wait(ctx); err != nil {
			return Response{}, 0, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return Response{}, 0, err
	}
	for name, values := range r.Header {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", UserAgent)
	known := parseFingerprint(r.Known)
	known.ask(request.Header)

	response, err := c.http.Do(request)
	if err != nil {
		return Response{}, 0, transient(err)
	}
	defer func() {
		// Read to the end of a small rest, so that the connection is used again.
		_, _ = io.CopyN(io.Discard, response.Body, 4096)
		_ = response.Body.Close()
	}()
	if r.Limiter != nil {
		r.Limiter.Observe(response.Header)
	}
	switch {
	case response.StatusCode == http.StatusNotModified && r.Known != "":
		return Response{Fingerprint: r.Known, Unchanged: true}, 0, nil
	case response.StatusCode != http.StatusOK:
		return Response{}, retryAfter(response.Header), statusFailure(response.StatusCode)
	}
	body, err := c.read(response)
	if err != nil {
		return Response{}, 0, err
	}
	now := fingerprintOf(response.Header, body)
	if known.sum != "" && known.sum == now.sum {
		return Response{Fingerprint: now.String(), Unchanged: true}, 0, nil
	}
	return Response{Body: body, Fingerprint: now.String()}, 0, nil
}

// read reads the body to its end, but no more than the limit: what is counted
// is what comes out of decompression.
func (c *Client) read(response *http.Response) ([]byte, error) {
	if response.ContentLength > c.options.MaxBody {
		return nil, errTooLarge(c.options.MaxBody)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, c.options.MaxBody+1))
	switch {
	case err != nil:
		// A truncated body ends in io.ErrUnexpectedEOF, compressed or not.
		return nil, &retryableError{fmt.Errorf("the answer broke off after %d bytes: %w", len(body), err)}
	case int64(len(body)) > c.options.MaxBody:
		return nil, errTooLarge(c.options.MaxBody)
	}
	return body, nil
}

// retryAfter reads the header of that name: seconds, or a date by the server's
// own clock.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 1<<30)) * time.Second
	}
	at, errAt := http.ParseTime(text)
	now, errNow := http.ParseTime(h.Get("Date"))
	if errAt != nil || errNow != nil {
		return 0
	}
	return max(at.Sub(now), 0)
}

func failure(like *domain.Error, detail string, args ...any) error {
	return domain.Errorf(like.Kind, like.Code, detail, args...)
}
