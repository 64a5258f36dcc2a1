package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/football-prediction/football-prediction/domain"
)

// console tells a person what is going on. Messages of the supervisor may come
// at any time and get lines of their own.
type console struct {
	out io.Writer
	now domain.Clock

	mu   sync.Mutex
	open bool // a line has begun and waits for its end
}

func newConsole(now domain.Clock) *console { return &console{out: os.Stdout, now: now} }

// reporter is what the supervisor tells of deaths and restarts.
func reporter(c *console) func(string) { return c.note }

// step says what is done, does it, and says how long it took.
func (c *console) step(what string, do func() error) error {
	began := c.now()
	c.print(what+" …", false)
	err := do()
	took := fmt.Sprintf(" %.1f s", c.now().Sub(began).Seconds())
	if err != nil {
		took = " failed after" + took
	}
	c.finish(what, took)
	return err
}

// stage is a step that prints to the terminal by itself.
func (c *console) stage(what string, do func() error) error {
	began := c.now()
	c.print(what, true)
	err := do()
	verdict := "done in"
	if err != nil {
		verdict = "failed after"
	}
	c.print(fmt.Sprintf("  %s %.1f s", verdict, c.now().Sub(began).Seconds()), true)
	return err
}

// note prints a line of its own.
func (c *console) note(message string) { c.print(message, true) }

func (c *console) print(text string, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		_, _ = fmt.Fprintln(c.out)
	}
	_, _ = fmt.Fprint(c.out, text)
	c.open = !whole
	if whole {
		_, _ = fmt.Fprintln(c.out)
	}
}

// finish ends the line of a step, which a note may have ended already.
func (c *console) finish(what, took string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open {
		took = what + ":" + took
	}
	_, _ = fmt.Fprintln(c.out, took)
	c.open = false
}
