package notify_test

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/football-prediction/football-prediction/adapters/notify"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// Whoever waits for a mail must not be told that it left when it did not.
func TestWithoutAServerSendingFailsOutsideOfDevelopment(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	mail := notifying.Message{To: "ada@example.com", Subject: "Hello", Body: "the token"}
	var known *domain.Error
	err := notify.Unsent{Log: zap.New(core)}.Send(t.Context(), mail)
	if !errors.As(err, &known) || known.Kind != domain.Conflict || !strings.Contains(known.Detail, "SMTP_URL") || logs.Len() != 0 {
		t.Errorf("error %v, %d lines", err, logs.Len())
	}
	if err := (notify.Unsent{Log: zap.New(core), Show: true}).Send(t.Context(), mail); err != nil || logs.Len() != 1 {
		t.Errorf("in development: %v, %d lines", err, logs.Len())
	}
}
