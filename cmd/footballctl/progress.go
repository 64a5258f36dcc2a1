package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// meter shows how far long work has come on standard error: a bar for a person,
// lines for a log, nothing with --json.
type meter struct {
	out    io.Writer
	bar    *progressbar.ProgressBar // on a terminal
	silent bool

	text  string
	tenth int
}

func (p *program) meter() *meter {
	m := &meter{out: p.err, silent: p.json, tenth: -1}
	if !m.silent && isTerminal(p.err) {
		m.bar = progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(p.err), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false))
	}
	return m
}

// show says that done of total steps are done; a total of zero is unknown.
func (m *meter) show(done, total int, text string) {
	switch {
	case m.silent:
	case m.bar != nil:
		m.bar.Describe(text)
		if total <= 0 {
			total = -1
		}
		m.bar.ChangeMax(total)
		_ = m.bar.Set(done)
	default:
		m.line(done, total, text)
	}
}

// line writes a line for each new text and each tenth of the way.
func (m *meter) line(done, total int, text string) {
	tenth := -1
	if total > 0 {
		tenth = 10 * done / total
	}
	if text == m.text && tenth == m.tenth {
		return
	}
	m.text, m.tenth = text, tenth
	if total > 0 {
		fmt.Fprintf(m.out, "%s (%d of %d)\n", text, done, total)
		return
	}
	fmt.Fprintln(m.out, text)
}

// done takes the bar away.
func (m *meter) done() {
	if m.bar != nil {
		_ = m.bar.Finish()
	}
}
