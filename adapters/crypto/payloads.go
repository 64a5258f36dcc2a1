package crypto

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/football-prediction/football-prediction/domain"
)

// Payloads seal what workflows are given and give back, with AES-256-GCM under
// the keys of a file of their own: histories outlive database rows, so their
// keys are retired at another time. The file is followed like that of a
// [Keyring].
type Payloads struct{ keys *followed[*payloadKeys] }

type payloadKeys struct {
	handle    *keyset.Handle
	primitive tink.AEAD
}

// purpose keeps what was sealed for a column from being taken for a payload.
var purpose = []byte("football workflow payload")

// ErrPayload is about a payload that is damaged, or whose key is gone.
var ErrPayload = errors.New("a workflow's payload cannot be opened: it is damaged, or its key is not in TEMPORAL_CODEC_KEY_FILE")

// OpenPayloads reads the keys in TEMPORAL_CODEC_KEY_FILE, which nobody but its
// owner may read.
func OpenPayloads(path string, now domain.Clock) (*Payloads, error) {
	k, err := follow(func() (*payloadKeys, error) { return readPayloadKeys(path) }, now)
	if err != nil {
		return nil, err
	}
	return &Payloads{k}, nil
}

// Seal encrypts with the newest key. The result begins with Tink's prefix, which
// names the key.
func (p *Payloads) Seal(plain []byte) ([]byte, error) {
	sealed, err := p.keys.get(reread).primitive.Encrypt(plain, purpose)
	if err != nil {
		return nil, fmt.Errorf("seal a workflow's payload: %w", err)
	}
	return sealed, nil
}

// Open decrypts with whichever key sealed. One that is not known yet makes the
// file be read again, so that rotating restarts nothing.
func (p *Payloads) Open(sealed []byte) ([]byte, error) {
	k := p.keys.get(reread)
	if id, ok := KeyID(sealed); ok && !holds(k.handle, id) {
		k = p.keys.get(soonest)
	}
	plain, err := k.primitive.Decrypt(sealed, purpose)
	if err != nil {
		return nil, ErrPayload // the library's reasons tell an attacker more than us
	}
	return plain, nil
}

// GeneratePayloads writes a new key to a file that must not be there yet.
func GeneratePayloads(path string) error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	text, err := encodeKeyset(handle)
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	return writeNew(path, text)
}

// RotatePayloads adds a key to the file at path, with which payloads are sealed
// from now on. The file as it was is kept beside it, with .before in its name.
func RotatePayloads(path string) (id uint32, err error) {
	k, err := readPayloadKeys(path)
	if err != nil {
		return 0, err
	}
	m := keyset.NewManagerFromHandle(k.handle)
	if id, err = m.Add(aead.AES256GCMKeyTemplate()); err != nil {
		return 0, fmt.Errorf("add a key to %s: %w", path, err)
	}
	if err := m.SetPrimary(id); err != nil {
		return 0, fmt.Errorf("change the keys in %s: %w", path, err)
	}
	changed, err := m.Handle()
	if err != nil {
		return 0, err
	}
	text, err := encodeKeyset(changed)
	if err != nil {
		return 0, err
	}
	return id, replace(path, text)
}

func readPayloadKeys(path string) (*payloadKeys, error) {
	text, err := readPrivate("TEMPORAL_CODEC_KEY_FILE", path, "footballctl keys generate --payloads --out "+path)
	if err != nil {
		return nil, err
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		// Tink's own text could show parts of a key.
		return nil, fmt.Errorf("TEMPORAL_CODEC_KEY_FILE %s is not what footballctl keys generate --payloads writes", path)
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("TEMPORAL_CODEC_KEY_FILE %s holds keys for something else", path)
	}
	return &payloadKeys{handle: handle, primitive: primitive}, nil
}

// holds reports whether a keyset has the key.
func holds(h *keyset.Handle, id uint32) bool {
	for i := range h.Len() {
		if entry, err := h.Entry(i); err == nil && entry.KeyID() == id {
			return true
		}
	}
	return false
}
