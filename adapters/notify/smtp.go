// Package notify sends messages: by mail over SMTP.
package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/football-prediction/football-prediction/ports/notifying"
)

var _ notifying.Notifier = (*SMTP)(nil)

// SMTP sends mails through one server.
type SMTP struct {
	client *mail.Client
	from   string
}

// timeout bounds each step of talking to the server.
const timeout = 15 * time.Second

// NewSMTP returns a sender through the server at address, such as
// smtp://user:password@mail.example.com:587?from=football@example.com. smtps
// speaks TLS from the start, smtp by STARTTLS, without which nothing is sent to
// any other machine. From is the user when it is left out.
func NewSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("SMTP_URL is not like smtp://user:password@mail.example.com:587")
	}
	options := []mail.Option{mail.WithTimeout(timeout)}
	switch {
	case u.Scheme == "smtps":
		options = append(options, mail.WithSSLPort(false))
	case isLoopback(u.Hostname()):
		options = append(options, mail.WithTLSPortPolicy(mail.TLSOpportunistic))
	default:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if text := u.Port(); text != "" {
		port, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("SMTP_URL: port %q", text)
		}
		options = append(options, mail.WithPort(port))
	}
	if password, ok := u.User.Password(); ok {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	client, err := mail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return &SMTP{client: client, from: sender(u)}, nil
}

func sender(u *url.URL) string {
	if from := u.Query().Get("from"); from != "" {
		return from
	}
	if user := u.User.Username(); strings.Contains(user, "@") {
		return user
	}
	return "football-prediction@" + u.Hostname()
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send implements [notifying.Notifier]. Header fields are encoded, so that what
// a user calls himself cannot add any.
func (s *SMTP) Send(ctx context.Context, m notifying.Message) error {
	msg := mail.NewMsg()
	err := errors.Join(msg.FromFormat("Football Prediction", s.from), msg.To(m.To))
	if err != nil {
		return fmt.Errorf("address a mail: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	for _, a := range m.Attachments {
		if err := msg.AttachReader(a.Name, bytes.NewReader(a.Content), mail.WithFileContentType(mail.ContentType(a.Type))); err != nil {
			return fmt.Errorf("attach %s to a mail: %w", a.Name, err)
		}
	}
	if err := s.client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("send a mail: %w", err)
	}
	return nil
}
