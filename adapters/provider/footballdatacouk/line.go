package footballdatacouk

import (
	"bufio"
	"errors"
	"io"
)

// Limits of a file. The largest file of the site has 1 MB, 552 rows and about
// 120 columns.
const (
	MaxFile    = 64 << 20 // bytes
	MaxLine    = 1 << 20  // bytes
	MaxRows    = 20000
	MaxColumns = 512
)

// lines reads a file line by line in bounded memory, however long a line is.
type lines struct {
	from   *bufio.Reader
	rest   *io.LimitedReader
	buffer []byte
}

// line is one line of the file, without its end.
type line struct {
	text    []byte // valid until the next call; the beginning when tooLong
	tooLong bool   // longer than MaxLine
	ended   bool   // by a newline, not by the end of the file
}

var errFileTooLarge = errors.New("the file is larger than 64 MB")

func newLines(r io.Reader) *lines {
	rest := &io.LimitedReader{R: r, N: MaxFile + 1}
	return &lines{from: bufio.NewReaderSize(rest, 64<<10), rest: rest}
}

// next returns the next line; io.EOF after the last, errFileTooLarge when the
// file goes on beyond MaxFile (of the line only tooLong is set then), or what
// the reader failed with.
func (l *lines) next() (line, error) {
	l.buffer = l.buffer[:0]
	var got line
	for {
		chunk, err := l.from.ReadSlice('\n')
		if room := MaxLine - len(l.buffer); len(chunk) > room {
			chunk, got.tooLong = chunk[:room], true
		}
		l.buffer = append(l.buffer, chunk...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case l.rest.N <= 0:
			return got, errFileTooLarge
		case errors.Is(err, io.EOF) && len(l.buffer) == 0:
			return line{}, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return line{}, err
		}
		got.ended = err == nil
		got.text = trimEnd(l.buffer)
		return got, nil
	}
}

func trimEnd(text []byte) []byte {
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r') {
		text = text[:len(text)-1]
	}
	return text
}
