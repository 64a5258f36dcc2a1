package crypto

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/football-prediction/football-prediction/ports/backingup"
)

var _ backingup.Codec = (*Streams)(nil)

// Streams compress with zstd (RFC 8878) and encrypt with Tink's streaming
// AES-256-GCM-HKDF in segments of a megabyte: segments cannot be changed,
// dropped, exchanged or cut off, and the label binds a stream to its place.
type Streams struct{ primitive tink.StreamingAEAD }

// OpenStreams reads the keys in BACKUP_KEY_FILE, which nobody but its owner may
// read. The first key encrypts, all decrypt.
func OpenStreams(path string) (*Streams, error) {
	text, err := readPrivate("BACKUP_KEY_FILE", path, "footballctl backup key --out "+path)
	if err != nil {
		return nil, err
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		// Tink's own text could show parts of a key.
		return nil, fmt.Errorf("BACKUP_KEY_FILE %s is not what footballctl backup key writes", path)
	}
	primitive, err := streamingaead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("BACKUP_KEY_FILE %s holds keys for something else", path)
	}
	return &Streams{primitive: primitive}, nil
}

// GenerateStreams writes a new key for backups to a file that must not be there.
func GenerateStreams(path string) error {
	handle, err := keyset.NewHandle(streamingaead.AES256GCMHKDF1MBKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	text, err := encodeKeyset(handle)
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	return writeNew(path, text)
}

// Encode implements [backingup.Codec].
func (s *Streams) Encode(into io.Writer, label string) (io.WriteCloser, error) {
	sealed, err := s.primitive.NewEncryptingWriter(into, []byte(label))
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	compressed, err := zstd.NewWriter(sealed, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return &encoding{Encoder: compressed, sealed: sealed}, nil
}

type encoding struct {
	*zstd.Encoder
	sealed io.WriteCloser
}

func (e *encoding) Close() error { return errors.Join(e.Encoder.Close(), e.sealed.Close()) }

// Decode implements [backingup.Codec].
func (s *Streams) Decode(from io.Reader, label string) (io.ReadCloser, error) {
	opened, err := s.primitive.NewDecryptingReader(from, []byte(label))
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	plain, err := zstd.NewReader(undeciphered{opened}, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return plain.IOReadCloser(), nil
}

// undeciphered gives Tink's many errors the one meaning they have: the bytes
// are not what a key of ours wrote.
type undeciphered struct{ io.Reader }

func (u undeciphered) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = backingup.ErrUndecipherable
	}
	return n, err
}
