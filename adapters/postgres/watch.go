package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
)

var _ access.Watch = (*Watch)(nil)

// Watch hears of changed credentials by LISTEN. PostgreSQL sends what triggers
// tell when the change is committed, to all listeners in the order of commits
// (https://www.postgresql.org/docs/15/sql-notify.html). So a process that sends
// itself a message, on another connection, and hears it, has heard of every
// change that was committed before it was sent. That holds behind a pooler too:
// one that loses messages loses these, and the process notices.
type Watch struct {
	config Config
	db     *bun.DB
	now    domain.Clock
}

// NewWatch returns a Watch of the database that c and db are of. It takes one
// connection besides db's.
func NewWatch(c Config, db *bun.DB, now domain.Clock) *Watch {
	return &Watch{config: c, db: db, now: now}
}

const (
	// credentials is the channel that the triggers use.
	credentials = "credentials"
	// beatEvery is how often a process sends itself a message. Several may be
	// lost before anybody has to look up more often.
	beatEvery = 200 * time.Millisecond
	beatLimit = time.Second
	// silence is how long nothing may be heard, not even the own messages, before
	// the connection is taken to be dead.
	silence = 3 * time.Second
)

// Watch implements [access.Watch].
func (w *Watch) Watch(ctx context.Context, v *access.Vigil) error {
	conn, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	own := "beats_" + strings.ReplaceAll(NewID(), "-", "")
	if _, err := conn.Exec(ctx, "LISTEN "+credentials+"; LISTEN "+own, pgx.QueryExecModeSimpleProtocol); err != nil {
		return fmt.Errorf("listen for changed credentials: %w", err)
	}
	v.Begin()
	begin := w.now()
	beating, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); w.beat(beating, own, begin) }()
	defer func() { stop(); <-done }()
	for {
		if err := hear(ctx, conn, v, begin); err != nil {
			return err
		}
	}
}

// connect opens a connection of its own: those of the pool come and go.
func (w *Watch) connect(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(w.config.URL)
	if err != nil {
		return nil, fmt.Errorf("parse database URL: %w", withoutURL(err))
	}
	config.ConnectTimeout = connectTimeout
	if w.config.ApplicationName != "" {
		config.RuntimeParams["application_name"] = w.config.ApplicationName + " listening"
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to listen: %w", err)
	}
	return conn, nil
}

// hear passes one message on.
func hear(ctx context.Context, conn *pgx.Conn, v *access.Vigil, begin time.Time) error {
	limited, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	told, err := conn.WaitForNotification(limited)
	if err != nil {
		return fmt.Errorf("wait for changed credentials: %w", err)
	}
	if told.Channel == credentials {
		v.Changed(told.Payload)
		return nil
	}
	sent, err := strconv.ParseInt(told.Payload, 10, 64)
	if err != nil {
		return errors.New("somebody else uses the process's own channel")
	}
	v.Heard(begin.Add(time.Duration(sent)))
	return nil
}

// beat sends the process the time, by a clock that nobody turns.
func (w *Watch) beat(ctx context.Context, own string, begin time.Time) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		limited, cancel := context.WithTimeout(ctx, beatLimit)
		sent := w.now().Sub(begin) // before it is sent
		_, _ = w.db.ExecContext(limited, `SELECT pg_notify(?, ?)`, own, strconv.FormatInt(int64(sent), 10))
		cancel() // one that was not sent is not heard
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
