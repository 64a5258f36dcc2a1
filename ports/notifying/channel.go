package notifying

import (
	"context"
	"time"
)

// Notice is a text to all who read a channel.
type Notice struct {
	Subject string // one line
	Body    string // plain text
}

// Channel is where a team reads.
type Channel interface {
	// Name is what operators call it, such as slack.
	Name() string
	// Pace is the shortest time from one post to the next.
	Pace() time.Duration
	// Post posts a notice. When the channel asks for patience, the error is a
	// *domain.Error of kind Exhausted that says for how long.
	Post(ctx context.Context, n Notice) error
}

// Outcome is what became of a post, for those who count.
type Outcome string

// The outcomes.
const (
	Sent     Outcome = "sent"
	Digested Outcome = "digested" // sent as one of several in a digest
	Failed   Outcome = "failed"
)
