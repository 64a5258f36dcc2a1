package redis

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// fetch copies a master's data of one moment into the file at path. It asks as
// a replica does. redis-cli could do it, but takes any certificate that is
// trusted for a name that is not the server's, and gives it the password.
func (b *Backups) fetch(ctx context.Context, m master, path string, report backingup.Progress) error {
	waiting := func() { report(0, 0, "waiting for Redis to copy its memory") }
	waiting()
	conn, err := redis.NewDialer(m.options)(ctx, m.options.Network, m.options.Addr)
	if err != nil {
		return failed(ctx, m.options.Addr, err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	from := &feed{from: bufio.NewReaderSize(patient{Conn: conn, now: b.now}, 64<<10), to: conn}
	length, mark, err := from.begin(m.options, waiting)
	if err != nil {
		return failed(ctx, m.options.Addr, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return local(err)
	}
	into := &counting{into: file, total: length, report: report}
	if mark == "" {
		_, err = io.CopyN(into, from.from, length)
		err = cut(err)
	} else {
		err = copyToMark(into, from.from, []byte(mark))
	}
	if err != nil && into.err == nil {
		return errors.Join(failed(ctx, m.options.Addr, err), file.Close())
	}
	return local(errors.Join(into.err, file.Close()))
}

// local is about the folder that the copy is written to.
func local(err error) error {
	if err != nil && (errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)) {
		return domain.Errorf(domain.Unavailable, backingup.ErrScratch.Code, "the copy cannot be written: %s", err)
	}
	return err
}

// idle is how long a server may be silent. While it prepares a copy it sends an
// empty line every ten seconds.
const idle = time.Minute

// patient fails when nothing comes for a while, however long the whole takes.
type patient struct {
	net.Conn
	now domain.Clock
}

func (p patient) Read(into []byte) (int, error) {
	if err := p.SetReadDeadline(p.now().Add(idle)); err != nil {
		return 0, err
	}
	return p.Conn.Read(into)
}

// feed is a connection on which a master sends its data.
type feed struct {
	from *bufio.Reader
	to   io.Writer
}

// begin asks for the data. They are length bytes long, or end with mark where
// the master does not know their length. waiting is called while it prepares.
func (f *feed) begin(o *redis.Options, waiting func()) (length int64, mark string, err error) {
	if o.Password != "" {
		auth := []string{"AUTH", o.Username, o.Password}
		if o.Username == "" {
			auth = []string{"AUTH", o.Password}
		}
		if _, err := f.ask(auth...); err != nil {
			return 0, "", err
		}
	}
	// A master that knows these need not write its data to its own disk, and
	// keeps nothing for a replica that will not come back. Redis 6 refuses the
	// second, which does no harm.
	for _, capability := range [][]string{{"REPLCONF", "capa", "eof"}, {"REPLCONF", "rdb-only", "1"}} {
		if _, err := f.ask(capability...); err != nil && !refusal(err) {
			return 0, "", err
		}
	}
	header, err := f.ask("SYNC")
	for ; err == nil && header == ""; header, err = f.answer() {
		waiting()
	}
	if err != nil {
		return 0, "", err
	}
	if mark, ok := strings.CutPrefix(header, "$EOF:"); ok && len(mark) == markLength {
		return 0, mark, nil
	}
	size, ok := strings.CutPrefix(header, "$")
	if length, err = strconv.ParseInt(size, 10, 64); !ok || err != nil || length < 0 {
		return 0, "", fmt.Errorf("it answers SYNC with %.40q", header)
	}
	return length, "", nil
}

const markLength = 40

func refusal(err error) bool {
	var said redis.Error
	return errors.As(err, &said)
}

// ask sends a command and returns the first line of the answer.
func (f *feed) ask(arguments ...string) (string, error) {
	var command bytes.Buffer
	fmt.Fprintf(&command, "*%d\r\n", len(arguments))
	for _, a := range arguments {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := f.to.Write(command.Bytes()); err != nil {
		return "", err
	}
	return f.answer()
}

func (f *feed) answer() (string, error) {
	line, err := f.from.ReadSlice('\n')
	if err != nil {
		return "", cut(err)
	}
	text := strings.TrimRight(string(line), "\r\n")
	if complaint, ok := strings.CutPrefix(text, "-"); ok {
		return "", reply(complaint)
	}
	return text, nil
}

// reply is an error that a server answers with, as the library has them.
type reply string

func (r reply) Error() string { return string(r) }

// RedisError implements [redis.Error].
func (reply) RedisError() {}

// cut says that a stream's end came too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("it hung up")
	}
	return err
}

// copyToMark copies what comes before mark. Nothing comes after it before the
// master hears from us again.
func copyToMark(into io.Writer, from io.Reader, mark []byte) error {
	chunk := make([]byte, 64<<10)
	held := make([]byte, 0, len(chunk)+len(mark))
	for {
		n, failed := from.Read(chunk)
		held = append(held, chunk[:n]...)
		ends := bytes.HasSuffix(held, mark)
		if ready := len(held) - len(mark); ready > 0 {
			if _, err := into.Write(held[:ready]); err != nil {
				return err
			}
			held = append(held[:0], held[ready:]...)
		}
		switch {
		case ends:
			return nil
		case failed != nil:
			return cut(failed)
		}
	}
}

// counting tells how far a copy is, and keeps the errors of the file apart from
// those of the network.
type counting struct {
	into        io.Writer
	done, total int64
	told        int64
	report      backingup.Progress
	err         error
}

const megabyte = 1 << 20

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.into.Write(p)
	if c.done += int64(n); c.done/megabyte > c.told {
		c.told = c.done / megabyte
		c.report(int(c.told), int(c.total/megabyte), "megabytes copied from Redis")
	}
	if err != nil {
		c.err = err
	}
	return n, err
}
