package notify

import (
	"context"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/ports/notifying"
)

var _ notifying.Channel = (*Slack)(nil)

// Slack posts to an incoming webhook
// (https://api.slack.com/messaging/webhooks).
type Slack struct {
	webhook

	address string
}

// NewSlack returns the channel behind a webhook's address.
func NewSlack(address string) *Slack { return &Slack{webhook: newWebhook("slack"), address: address} }

// Name implements [notifying.Channel].
func (s *Slack) Name() string { return s.name }

// Pace implements [notifying.Channel]: one message a second
// (https://api.slack.com/docs/rate-limits).
func (*Slack) Pace() time.Duration { return time.Second }

// mostSlack is how many characters a message has before Slack cuts it.
const mostSlack = 4_000

// Post implements [notifying.Channel].
func (s *Slack) Post(ctx context.Context, n notifying.Notice) error {
	text := "*" + plainForSlack(n.Subject) + "*\n" + plainForSlack(n.Body)
	_, err := s.post(ctx, s.address, map[string]any{"text": shortened(text, mostSlack), "unfurl_links": false})
	return err
}

// plainForSlack keeps text from meaning anything to Slack: three characters
// begin links, mentions and entities
// (https://api.slack.com/reference/surfaces/formatting#escaping).
func plainForSlack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// shortened cuts text after so many characters.
func shortened(text string, most int) string {
	all := []rune(text)
	if len(all) <= most {
		return text
	}
	return string(all[:most-1]) + "…"
}
