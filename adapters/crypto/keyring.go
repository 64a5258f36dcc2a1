// Package crypto encrypts, indexes and signs with Tink, and hashes passwords.
package crypto

import (
	"encoding/binary"
	"errors"
	"fmt"

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
type Keyring struct{ keys *followed[*keys] }

// Open reads the keys in the file at path, which nobody but its owner may read.
func Open(path string, now domain.Clock) (*Keyring, error) {
	k, err := follow(func() (*keys, error) { return readKeys(path) }, now)
	if err != nil {
		return nil, err
	}
	return &Keyring{k}, nil
}

// Derive makes keys from a secret, always the same ones. It is for development:
// they cannot be rotated.
func Derive(secret string, _ domain.Clock) (*Keyring, error) {
	k, err := deriveKeys(secret)
	if err != nil {
		return nil, err
	}
	return &Keyring{fixed(k)}, nil
}

// Tell lets told hear of how each reading of the file from now on goes: nil
// when it was good.
func (r *Keyring) Tell(told func(error)) { r.keys.tell(told) }

// Look reads the file when that is due, also while nobody needs the keys.
func (r *Keyring) Look() { r.keys.get(reread) }

// ErrOpen is about a value that is damaged, was moved from another place, or
// was sealed with a key that is gone.
var ErrOpen = errors.New("the sealed value cannot be opened: it is damaged, was copied from another row, or its key is not in ENCRYPTION_KEY_FILE")

// Seal implements [sealing.Sealer]. The result begins with Tink's prefix, which
// names the key.
func (r *Keyring) Seal(at sealing.Place, plain []byte) ([]byte, error) {
	sealed, err := r.keys.get(reread).columns.Encrypt(plain, inPlace(at, at.Row))
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", at.Table, at.Column, err)
	}
	return sealed, nil
}

// Open implements [sealing.Sealer].
func (r *Keyring) Open(at sealing.Place, sealed []byte) ([]byte, error) {
	k := r.keys.get(reread)
	if id, ok := KeyID(sealed); ok && !k.knows(id) {
		k = r.keys.get(soonest)
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
	index, err := r.keys.get(reread).index.ComputePrimaryPRF(append(inPlace(at), plain...), indexLength)
	if err != nil {
		panic("crypto: a keyed hash of 16 bytes cannot fail: " + err.Error())
	}
	return index
}

// Sign implements [auditing.Signer] with Ed25519.
func (r *Keyring) Sign(text []byte) ([]byte, error) {
	signature, err := r.keys.get(reread).signer.Sign(text)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signature, nil
}

// Verify implements [auditing.Signer].
func (r *Keyring) Verify(signature, text []byte) error {
	k := r.keys.get(reread)
	if err := k.verifier.Verify(signature, text); err == nil {
		return nil
	}
	if err := r.keys.get(soonest).verifier.Verify(signature, text); err != nil {
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
