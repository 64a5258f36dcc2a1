package footballprediction

import (
	"context"
	"crypto/rand"
	"math/big"
	"net/http"
	"time"
)

// Retries says how often, and how patiently, a request is sent again. The zero
// value means three more attempts, a first wait of half a second, and none
// longer than half a minute.
//
// What is sent again: a request that was refused before anything was done (429),
// and one that found a system away (503) or broke on the way, if it may come
// twice: GET, HEAD, PUT and DELETE, and any with an Idempotency-Key
// ([Repeatable]).
type Retries struct {
	// Attempts is how often a request is sent at most; 1 for never again.
	Attempts int
	// First is the wait before the second attempt; it doubles with each.
	First time.Duration
	// Longest bounds one wait. A Retry-After beyond it ends the attempts.
	Longest time.Duration
}

func (r Retries) withDefaults() Retries {
	if r.Attempts <= 0 {
		r.Attempts = 4
	}
	if r.First <= 0 {
		r.First = 500 * time.Millisecond
	}
	if r.Longest <= 0 {
		r.Longest = 30 * time.Second
	}
	return r
}

func (r Retries) do(request *http.Request, send func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	r = r.withDefaults()
	for attempt := 1; ; attempt++ {
		response, err := send(request)
		if attempt == r.Attempts || !again(request, response, err) {
			return response, err
		}
		wait := r.wait(attempt, response)
		if wait > r.Longest || rewind(request) != nil {
			return response, err
		}
		if response != nil {
			drain(response)
		}
		if err := sleep(request.Context(), wait); err != nil {
			return nil, err
		}
	}
}

func again(request *http.Request, response *http.Response, err error) bool {
	switch {
	case request.Context().Err() != nil:
		return false
	case err != nil:
		return twice(request)
	case response.StatusCode == http.StatusTooManyRequests:
		return true
	}
	return response.StatusCode == http.StatusServiceUnavailable && twice(request)
}

// twice reports whether a request may reach the server twice (RFC 9110, 9.2.2).
func twice(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.Header.Get("Idempotency-Key") != ""
}

// wait is what the server says, else a random part of a time that doubles:
// callers that were refused together must not come back together.
func (r Retries) wait(attempt int, response *http.Response) time.Duration {
	spread := min(r.First<<(attempt-1), r.Longest)
	if response != nil {
		if told := retryAfter(response); told > 0 {
			return min(told+random(min(spread, told/4)), max(told, r.Longest))
		}
	}
	return spread/2 + random(spread/2)
}

func random(below time.Duration) time.Duration {
	if below <= 0 {
		return 0
	}
	n, err := rand.Int(rand.Reader, big.NewInt(int64(below)))
	if err != nil {
		return below
	}
	return time.Duration(n.Int64())
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// rewind makes a request's body readable once more.
func rewind(r *http.Request) error {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return err
	}
	r.Body = body
	return nil
}

// Repeatable gives a request an Idempotency-Key, so that it takes effect once
// however often it arrives, and is sent again when it finds a system away:
//
//	client.CreatePredictionWithResponse(ctx, nil, prediction, footballprediction.Repeatable())
func Repeatable() RequestEditorFn {
	key := rand.Text()
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set("Idempotency-Key", key)
		return nil
	}
}
