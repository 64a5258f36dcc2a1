package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/football-prediction/football-prediction/adapters/provider/footballdatacouk"
	"github.com/football-prediction/football-prediction/adapters/provider/openfootball"
)

type format int

const (
	formatUnknown format = iota
	formatCoUK
	formatOpenFootball
)

// head is the beginning of a file, enough to tell what it is.
type head []byte

const headSize = 8 << 10

func readHead(file io.Reader) (head, error) {
	buffer := make([]byte, headSize)
	n, err := io.ReadFull(file, buffer)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return head(buffer[:n]), nil
}

// whole is the file from its beginning, once head was read from rest.
func (h head) whole(rest io.Reader) io.Reader { return io.MultiReader(bytes.NewReader(h), rest) }

// recognise tells what a file is by its beginning.
func recognise(fsys fs.FS, name string) format {
	file, err := fsys.Open(name)
	if err != nil {
		return formatOf(name, nil)
	}
	defer func() { _ = file.Close() }()
	beginning, err := readHead(file)
	if err != nil {
		return formatOf(name, nil)
	}
	return formatOf(name, beginning)
}

// formatOf tells by content. Only where that says nothing, because the file is
// damaged or closed to us, does the name decide which parser complains.
func formatOf(name string, h head) format {
	switch {
	case openfootball.Recognise(h):
		return formatOpenFootball
	case footballdatacouk.Recognise(h):
		return formatCoUK
	case bytes.HasPrefix(bytes.TrimSpace(h), []byte("{")):
		return formatUnknown // JSON of another kind, such as lists of clubs
	case strings.EqualFold(path.Ext(name), ".csv"):
		return formatCoUK
	case strings.EqualFold(path.Ext(name), ".json"):
		return formatOpenFootball
	}
	return formatUnknown
}

// fingerprint is the SHA-256 of a file's content.
func fingerprint(ctx context.Context, fsys fs.FS, name string) (string, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	buffer := make([]byte, 32<<10)
	for limited := io.LimitReader(file, 2*footballdatacouk.MaxFile); ; {
		n, err := limited.Read(buffer)
		sum.Write(buffer[:n])
		switch {
		case errors.Is(err, io.EOF):
			return hex.EncodeToString(sum.Sum(nil)), nil
		case err != nil:
			return "", err
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		}
	}
}
