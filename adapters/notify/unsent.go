package notify

import (
	"context"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/ports/notifying"
)

var _ notifying.Notifier = Unsent{}

// Unsent stands where no mail server is configured. It says so in the log;
// during development it also shows what would have been sent.
type Unsent struct {
	Log  *zap.Logger
	Show bool
}

// Send implements [notifying.Notifier].
func (u Unsent) Send(_ context.Context, m notifying.Message) error {
	if u.Show {
		u.Log.Info("a mail would be sent, but SMTP_URL is not set", zap.String("subject", m.Subject), zap.String("body", m.Body))
		return nil
	}
	u.Log.Error("a mail is not sent, because SMTP_URL is not set", zap.String("subject", m.Subject))
	return nil
}
