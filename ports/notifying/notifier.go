// Package notifying tells people.
package notifying

import "context"

// Message is a text to one person.
type Message struct {
	To      string // e-mail address
	Subject string
	Body    string // plain text

	Attachments []Attachment
}

// Attachment is a file that goes with a message.
type Attachment struct {
	Name    string
	Type    string // media type, such as text/html
	Content []byte
}

// Notifier sends messages.
type Notifier interface {
	// Send sends m, or hands it over to be sent in the background: the caller
	// must not learn from the time it takes whether there was anything to send.
	Send(ctx context.Context, m Message) error
}
