package authenticating

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// Later does things in the background.
type Later interface {
	// Later has job done soon, with a context of its own; an error of kind
	// [domain.Unavailable] when too much is waiting.
	Later(job func(context.Context)) error
}

// Mailer writes to users in their tenant's language.
type Mailer struct {
	Notifier notifying.Notifier
	// Failed hears of letters that could not be sent, without their text.
	Failed func(error)
}

type letter struct{ subject, body string }

// The letters, by language. Their arguments are the user's name, the tenant's
// name and the token.
var (
	invitations = map[string]letter{
		"en": {"You are invited to %s", "Hello %s,\n\nyou have been invited to %s on Football Prediction. Set your password within 7 days with this token:\n\n%s\n\nSend it with your password to POST /api/v1/auth/password/reset, or paste it where your application asks for it.\n"},
		"zh": {"邀请您加入 %s", "您好，%s：\n\n您已受邀加入 Football Prediction 上的 %s。请在 7 天内使用以下令牌设置密码：\n\n%s\n\n请将令牌与新密码一起提交到 POST /api/v1/auth/password/reset，或粘贴到您的应用程序中。\n"},
	}
	resets = map[string]letter{
		"en": {"Your password for %s", "Hello %s,\n\nsomebody, most likely you, asked for another password for %s on Football Prediction. Set one within an hour with this token:\n\n%s\n\nSend it with your new password to POST /api/v1/auth/password/reset. If it was not you, do nothing: your password stays.\n"},
		"zh": {"%s 的密码重置", "您好，%s：\n\n有人（很可能是您本人）请求重置您在 Football Prediction 上 %s 的密码。请在一小时内使用以下令牌设置新密码：\n\n%s\n\n请将令牌与新密码一起提交到 POST /api/v1/auth/password/reset。如果不是您本人操作，请忽略此邮件，您的密码不会改变。\n"},
	}
)

// Invite sends a token to set the first password with.
func (m Mailer) Invite(ctx context.Context, t tenancy.Tenant, u identity.User, token string) error {
	return m.send(ctx, invitations, t, u, token)
}

// Reset sends a token to set another password with.
func (m Mailer) Reset(ctx context.Context, t tenancy.Tenant, u identity.User, token string) error {
	return m.send(ctx, resets, t, u, token)
}

func (m Mailer) send(ctx context.Context, letters map[string]letter, t tenancy.Tenant, u identity.User, token string) error {
	l, ok := letters[t.Settings.Language]
	if !ok {
		l = letters["en"]
	}
	err := m.Notifier.Send(ctx, notifying.Message{
		To: u.Email, Subject: fmt.Sprintf(l.subject, t.Name), Body: fmt.Sprintf(l.body, u.Name, t.Name, token),
	})
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}
