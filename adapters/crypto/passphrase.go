package crypto

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead/aesgcmhkdf"
)

// Passphrase derives, by HKDF (RFC 5869), what another program encrypts backups
// with from the key in BACKUP_KEY_FILE, so that there is one key to keep. purpose
// makes each program's its own.
//
// It is of the oldest key in the file: a program that encrypts by itself cannot
// go over to a new one, so adding a key must not change it. Taking the oldest
// away does, and needs a new repository.
func Passphrase(path, purpose string) (string, error) {
	text, err := readPrivate("BACKUP_KEY_FILE", path, "footballctl backup key --out "+path)
	if err != nil {
		return "", err
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		// Tink's own text could show parts of a key.
		return "", fmt.Errorf("BACKUP_KEY_FILE %s is not what footballctl backup key writes", path)
	}
	oldest, err := handle.Entry(0)
	if err != nil {
		return "", fmt.Errorf("BACKUP_KEY_FILE %s holds no key", path)
	}
	key, ok := oldest.Key().(*aesgcmhkdf.Key)
	if !ok {
		return "", fmt.Errorf("BACKUP_KEY_FILE %s holds keys for something else", path)
	}
	raw, err := hkdf.Key(sha256.New, key.KeyBytes().Data(insecuresecretdataaccess.Token{}), nil, "football "+purpose, 32)
	if err != nil {
		return "", fmt.Errorf("derive the key for %s: %w", purpose, err)
	}
	return hex.EncodeToString(raw), nil
}
