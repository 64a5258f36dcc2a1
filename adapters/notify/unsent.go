package notify

import (
	"context"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

var _ notifying.Notifier = Unsent{}

// Unsent stands where no mail server is configured. During development it shows
// what would have been sent; elsewhere sending fails, and says why.
type Unsent struct {
	Log  *zap.Logger
	Show bool
}

// errUnset tells an operator what to set. Trying again does not help.
var errUnset = &domain.Error{Kind: domain.Conflict, Code: "mail.unset", Detail: "no mail can be sent, because SMTP_URL is not set"}

// Send implements [notifying.Notifier].
func (u Unsent) Send(_ context.Context, m notifying.Message) error {
	if !u.Show {
		return errUnset
	}
	u.Log.Info("a mail would be sent, but SMTP_URL is not set", zap.String("subject", m.Subject), zap.String("body", m.Body))
	return nil
}
