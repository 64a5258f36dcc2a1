package operation

import "time"

// Span is a range of time in which every moment can be restored.
type Span struct {
	// From is when the oldest copy was complete.
	From time.Time
	// To is when the last piece of the log was kept that follows on it without a
	// gap. What was committed shortly before may be in the next piece.
	To time.Time
	// Missing is the piece of the log that ends the span, empty where nothing is
	// known to be missing.
	Missing string
}

// Contains reports whether t is in the span.
func (s Span) Contains(t time.Time) bool { return !t.Before(s.From) && !t.After(s.To) }
