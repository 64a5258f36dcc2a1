package maintaining

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// Recipients are those who look after the platform.
type Recipients interface {
	// Operators returns the addresses of the users who run the platform and may
	// sign in.
	Operators(ctx context.Context) ([]string, error)
}

// errNotOver is about a report that has no page yet.
var errNotOver = errors.New("the report is not over")

// Delivery says who got a report.
type Delivery struct {
	Sent   int
	Reason string // why somebody did not, empty when all did
}

// Send mails a report that is over to those who run the platform, once. A mail
// that cannot be sent holds nothing up: the report is kept all the same. It
// fails when nobody could be reached although there is somebody, so that it is
// tried again.
func (m *Maintainer) Send(ctx context.Context, id string) (Delivery, error) {
	r, err := m.Reports.Get(ctx, id)
	if err != nil {
		return Delivery{}, fmt.Errorf("read report: %w", err)
	}
	if r.Ended.IsZero() {
		return Delivery{}, errNotOver
	}
	if r.Sent > 0 {
		return Delivery{Sent: r.Sent}, nil
	}
	if m.Notifier == nil {
		return Delivery{Reason: "SMTP_URL is not set"}, nil
	}
	to, err := m.Recipients.Operators(ctx)
	if err != nil {
		return Delivery{}, fmt.Errorf("find operators: %w", err)
	}
	if len(to) == 0 {
		return Delivery{Reason: "the platform's tenant has no operator; footballctl admin create makes one"}, nil
	}
	page, err := m.Reports.Page(ctx, id)
	if err != nil {
		return Delivery{}, fmt.Errorf("read page: %w", err)
	}
	d, err := m.deliver(ctx, r, page, to)
	if err != nil {
		return d, err
	}
	return d, m.Reports.Sent(ctx, id, d.Sent)
}

func (m *Maintainer) deliver(ctx context.Context, r operation.Report, page []byte, to []string) (d Delivery, err error) {
	var failed []error
	for _, address := range to {
		err := m.Notifier.Send(ctx, notifying.Message{
			To: address, Subject: subject(r), Body: letter(r),
			Attachments: []notifying.Attachment{{Name: fmt.Sprintf("maintenance-%s-%s.html", r.Plan, r.Ended.Format("2006-01-02")), Type: "text/html", Content: page}},
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		d.Sent++
	}
	if d.Sent == 0 {
		return d, fmt.Errorf("send report: %w", errors.Join(failed...))
	}
	if len(failed) > 0 {
		d.Reason = fmt.Sprintf("%d of %d could not be reached: %v", len(failed), len(to), failed[0])
	}
	return d, nil
}

// words are the verdicts in a sentence.
var words = map[operation.Verdict]string{
	operation.Fine: "all is well", operation.Attention: "needs attention", operation.Failing: "failed", operation.Skipped: "skipped",
}

func subject(r operation.Report) string {
	return fmt.Sprintf("Football Prediction: %s maintenance %s", r.Plan, words[r.Outcome])
}

// letter is the report in short.
func letter(r operation.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The %s maintenance of %s: %s.\n", r.Plan, r.Began.UTC().Format("2 January 2006 15:04 UTC"), words[r.Outcome])
	if r.Aborted != "" {
		fmt.Fprintf(&b, "It was aborted: %s\n", r.Aborted)
	}
	b.WriteString("\n")
	for _, s := range r.Results {
		fmt.Fprintf(&b, "%-16s %s: %s\n", words[s.Verdict], s.Title, s.Summary)
		for _, n := range s.Notes {
			if n.Verdict == operation.Fine {
				continue
			}
			fmt.Fprintf(&b, "%-16s - %s\n", "", n.Text)
			if n.Remedy != "" {
				fmt.Fprintf(&b, "%-16s   %s\n", "", n.Remedy)
			}
		}
	}
	fmt.Fprintf(&b, "\nThe whole report is attached, and kept: footballctl maintenance show %s\n", r.ID)
	return b.String()
}
