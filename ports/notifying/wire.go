package notifying

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// postTimeout bounds one post.
const postTimeout = 15 * time.Second

// listed is how many notices a digest tells in full; a channel cuts what is
// longer, and nobody reads it.
const listed = 10

// wire posts to one channel at its pace. What comes meanwhile goes out together,
// as one digest, and whoever waits for it hears what became of it.
type wire struct {
	channel  Channel
	observe  func(channel string, o Outcome, notices int)
	now      domain.Clock
	sleep    func(ctx context.Context, d time.Duration)
	mu       sync.Mutex
	waiting  []*letter
	busy     bool
	earliest time.Time
}

// letter is a notice and who waits for it.
type letter struct {
	notice Notice
	given  context.Context //nolint:containedctx // who has given up must not be posted for
	done   chan error
}

// post returns when n has been posted, alone or in a digest, or ctx has ended.
func (w *wire) post(ctx context.Context, n Notice) error {
	l := &letter{notice: n, given: ctx, done: make(chan error, 1)}
	w.mu.Lock()
	w.waiting = append(w.waiting, l)
	if !w.busy {
		w.busy = true
		go w.work() //nolint:gosec // it outlives whoever has begun it: others wait for it, too
	}
	w.mu.Unlock()
	select {
	case err := <-l.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", w.channel.Name(), ctx.Err())
	}
}

// work posts until nothing waits.
func (w *wire) work() {
	for w.goesOn() {
		w.sleep(context.Background(), w.until())
		taken := w.take()
		if len(taken) == 0 {
			continue
		}
		err := w.send(taken)
		for _, l := range taken {
			l.done <- err
		}
	}
}

func (w *wire) goesOn() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = len(w.waiting) > 0
	return w.busy
}

func (w *wire) until() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return max(0, w.earliest.Sub(w.now()))
}

// take empties the queue of those who still wait.
func (w *wire) take() (taken []*letter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.waiting {
		if l.given.Err() == nil {
			taken = append(taken, l)
		}
	}
	w.waiting = nil
	return taken
}

func (w *wire) send(taken []*letter) error {
	ctx, cancel := context.WithTimeout(context.Background(), postTimeout)
	defer cancel()
	err := w.channel.Post(ctx, digest(taken))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.earliest = w.now().Add(w.channel.Pace())
	var asked *domain.Error
	if errors.As(err, &asked) && asked.Kind == domain.Exhausted {
		w.earliest = w.now().Add(max(asked.RetryAfter, w.channel.Pace()))
	}
	switch {
	case err != nil:
		w.observe(w.channel.Name(), Failed, len(taken))
		return fmt.Errorf("%s: %w", w.channel.Name(), err)
	case len(taken) > 1:
		w.observe(w.channel.Name(), Digested, len(taken))
	default:
		w.observe(w.channel.Name(), Sent, 1)
	}
	return nil
}

// digest is one notice of several.
func digest(taken []*letter) Notice {
	if len(taken) == 1 {
		return taken[0].notice
	}
	var b strings.Builder
	for i, l := range taken {
		if i == listed {
			fmt.Fprintf(&b, "and %d more\n", len(taken)-listed)
			break
		}
		fmt.Fprintf(&b, "%s\n%s\n\n", l.notice.Subject, l.notice.Body)
	}
	return Notice{Subject: fmt.Sprintf("%d notices", len(taken)), Body: strings.TrimSpace(b.String())}
}
