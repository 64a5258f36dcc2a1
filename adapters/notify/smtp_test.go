package notify_test

import (
	"context"
	"encoding/base64"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/notify"
	"github.com/football-prediction/football-prediction/ports/notifying"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMailsArriveAsTheyWereMeant(t *testing.T) {
	office := harness.OpenPostOffice(t)
	sender, err := notify.NewSMTP(office.URL)
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(t.Context(), notifying.Message{
		To: "ada@example.com", Subject: "Hello\r\nBcc: eve@example.com", Body: "The token:\n\nabc\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	mails := office.Mails("ada@example.com")
	if len(mails) != 1 || len(office.Mails("eve@example.com")) != 0 {
		t.Fatalf("sent %q", mails)
	}
	head, body, _ := strings.Cut(mails[0].Text, "\r\n\r\n")
	for line := range strings.Lines(head) {
		if strings.HasPrefix(strings.ToLower(line), "bcc:") {
			t.Errorf("the subject made a header of its own:\n%s", head)
		}
	}
	if !strings.Contains(body, "abc") || !strings.Contains(head, "<football@example.com>") {
		t.Errorf("the mail is\n%s", mails[0].Text)
	}
}

func TestAttachmentsGoWithTheMail(t *testing.T) {
	office := harness.OpenPostOffice(t)
	sender, err := notify.NewSMTP(office.URL)
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(t.Context(), notifying.Message{
		To: "ada@example.com", Subject: "Report", Body: "See the page.",
		Attachments: []notifying.Attachment{{Name: "report.html", Type: "text/html", Content: []byte("<p>hello</p>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := office.Mails("ada@example.com")[0].Text
	page := base64.StdEncoding.EncodeToString([]byte("<p>hello</p>"))
	for _, want := range []string{"See the page.", `filename="report.html"`, "text/html", page} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail lacks %q:\n%s", want, text)
		}
	}
}

func TestNothingIsSentInTheClear(t *testing.T) {
	if _, err := notify.NewSMTP("http://x:y:z"); err == nil {
		t.Error("an address that is none was taken")
	}
	// The name resolves to this machine, but is not known to be it: without
	// STARTTLS the mail must not leave.
	office := harness.OpenPostOffice(t)
	address := office.URL
	host, err := net.LookupHost("localhost.localdomain")
	if err != nil || len(host) == 0 {
		address = strings.Replace(address, "127.0.0.1", "127.1", 1)
	} else {
		address = strings.Replace(address, "127.0.0.1", "localhost.localdomain", 1)
	}
	sender, err := notify.NewSMTP(address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := sender.Send(ctx, notifying.Message{To: "ada@example.com", Body: "secret"}); err == nil || len(office.Mails("ada@example.com")) != 0 {
		t.Errorf("error %v, and the mail went in the clear", err)
	}
}
