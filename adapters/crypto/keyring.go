// Package crypto encrypts, indexes and signs with Tink, and hashes passwords.
package crypto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

var (
	_ sealing.Sealer  = (*Keyring)(nil)
	_ auditing.Signer = (*Keyring)(nil)
)

// Keyring seals columns and signs checkpoints. It follows its key file: a key
// that was added there, by rotation, is used within [reread] and at once when
// a value needs it, so that rotating restarts nothing.
type Keyring struct {
	path string // empty for keys that are derived
	now  domain.Clock

	mu     sync.RWMutex
	keys   *keys
	readAt time.Time
}

const (
	reread = 30 * time.Second
	// soonest bounds how often values with an unknown key make us read the file.
	soonest = time.Second
)

// Open reads the keys in the file at path, which nobody but its owner may read.
func Open(path string, now domain.Clock) (*Keyring, error) {
	k, err := readKeys(path)
	if err != nil {
		return nil, err
	}
	return &Keyring{path: path, now: now, keys: k, readAt: now()}, nil
}

// Derive makes keys from a secret, always the same ones. It is for development:
// they cannot be rotated.
func Derive(secret string, now domain.Clock) (*Keyring, error) {
	k, err := deriveKeys(secret)
	if err != nil {
		return nil, err
	}
	return &Keyring{now: now, keys: k}, nil
}

// ErrOpen is about a value that is damaged, was moved from another place, or
// was sealed with a key that is gone.
var ErrOpen = errors.New("the sealed value cannot be opened: it is damaged, was copied from another row, or its key is not in ENCRYPTION_KEY_FILE")

// Seal implements [sealing.Sealer]. The result begins with Tink's prefix, which
// names the key.
func (r *Keyring) Seal(at sealing.Place, plain []byte) ([]byte, error) {
	sealed, err := r.current(reread).columns.Encrypt(plain, inPlace(at, at.Row))
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", at.Table, at.Column, err)
	}
	return sealed, nil
}

// Open implements [sealing.Sealer].
func (r *Keyring) Open(at sealing.Place, sealed []byte) ([]byte, error) {
	k := r.current(reread)
	if id, ok := KeyID(sealed); ok && !k.knows(id) {
		k = r.current(soonest)
	}
	plain, err := k.columns.Decrypt(sealed, inPlace(at, at.Row))
	if err != nil {
		// The library's reasons tell an attacker more than they tell us.
		return nil, fmt.Errorf("open %s.%s: %w", at.Table, at.Column, ErrOpen)
	}
	return plain, nil
}

// indexLength is 128 bits: enough that two addresses never meet.
const indexLength = 16

// Index implements [sealing.Sealer]. Its key is never rotated: an index made
// with another key would find nothing.
func (r *Keyring) Index(at sealing.Place, plain []byte) []byte {
	index, err := r.current(reread).index.ComputePrimaryPRF(append(inPlace(at), plain...), indexLength)
	if err != nil {
		panic("crypto: a keyed hash of 16 bytes cannot fail: " + err.Error())
	}
	return index
}

// Sign implements [auditing.Signer] with Ed25519.
func (r *Keyring) Sign(text []byte) ([]byte, error) {
	signature, err := r.current(reread).signer.Sign(text)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signature, nil
}

// Verify implements [auditing.Signer].
func (r *Keyring) Verify(signature, text []byte) error {
	k := r.current(reread)
	if err := k.verifier.Verify(signature, text); err == nil {
		return nil
	}
	if err := r.current(soonest).verifier.Verify(signature, text); err != nil {
		return errors.New("the signature does not hold")
	}
	return nil
}

// KeyID is which key sealed a value.
func KeyID(sealed []byte) (uint32, bool) {
	const prefix = 5 // a version byte and four bytes of the key's number
	if len(sealed) < prefix || sealed[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:prefix]), true
}

// current returns the keys, read again when they are older than age. A file
// that cannot be read leaves the keys as they were: losing sight of it for a
// moment must not stop sign-ins.
func (r *Keyring) current(age time.Duration) *keys {
	now := r.now()
	r.mu.RLock()
	k, fresh := r.keys, r.path == "" || now.Sub(r.readAt) < age
	r.mu.RUnlock()
	if fresh {
		return k
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.readAt) < age {
		return r.keys
	}
	r.readAt = now
	if read, err := readKeys(r.path); err == nil {
		r.keys = read
	}
	return r.keys
}

// inPlace is the associated data that binds a value to its place. Each part
// carries its length, so that no two places look the same.
func inPlace(at sealing.Place, row ...string) []byte {
	var out []byte
	for _, part := range append([]string{at.TenantID, at.Table, at.Column}, row...) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		out = append(out, part...)
	}
	return out
}
