package harness

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// PostOffice is an SMTP server on this machine that keeps what it is sent.
type PostOffice struct {
	// URL is what SMTP_URL is set to.
	URL string

	mu    sync.Mutex
	mails []Mail
}

// Mail is one that was sent.
type Mail struct{ To, Text string }

// OpenPostOffice starts a server for the time of the test.
func OpenPostOffice(t testing.TB) *PostOffice {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal("harness:", err)
	}
	office := &PostOffice{URL: "smtp://" + listener.Addr().String() + "?from=football@example.com"}
	server := smtp.NewServer(office)
	server.Domain = "localhost"
	go func() { _ = server.Serve(listener) }() // until it is closed
	t.Cleanup(func() { _ = server.Close() })
	return office
}

// Mails are those that were sent to an address so far.
func (p *PostOffice) Mails(to string) (found []Mail) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mails {
		if strings.EqualFold(m.To, to) {
			found = append(found, m)
		}
	}
	return found
}

// NewSession implements [smtp.Backend].
func (p *PostOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{office: p}, nil }

type visit struct {
	office *PostOffice
	to     []string
}

func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }
func (v *visit) Reset()                               { v.to = nil }
func (v *visit) Logout() error                        { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	for _, to := range v.to {
		v.office.mails = append(v.office.mails, Mail{To: to, Text: string(text)})
	}
	return err
}
