package crypto

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf/hmacprf"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/signature/ed25519"
)

// deriveKeys derives each key from secret by HKDF (RFC 5869), the label being
// what it is for.
func deriveKeys(secret string) (*keys, error) {
	bytesOf := func(label string) (secretdata.Bytes, error) {
		raw, err := hkdf.Key(sha256.New, []byte(secret), nil, "football "+label, 32)
		return secretdata.NewBytesFromData(raw, insecuresecretdataaccess.Token{}), err
	}
	var h handles
	for _, each := range []struct {
		label string
		into  **keyset.Handle
		key   func(secretdata.Bytes, uint32) (key.Key, error)
	}{
		{"columns", &h.columns, columnsKey}, {"index", &h.index, indexKey}, {"signing", &h.signing, signingKey},
	} {
		raw, err := bytesOf(each.label)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(secret + each.label))
		made, err := each.key(raw, binary.BigEndian.Uint32(sum[:])|1)
		if err != nil {
			return nil, fmt.Errorf("derive the key for %s: %w", each.label, err)
		}
		if *each.into, err = only(made); err != nil {
			return nil, err
		}
	}
	return newKeys(h)
}

func columnsKey(raw secretdata.Bytes, id uint32) (key.Key, error) {
	p, err := aesgcm.NewParameters(aesgcm.ParametersOpts{KeySizeInBytes: 32, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink})
	if err != nil {
		return nil, err
	}
	return aesgcm.NewKey(raw, id, p)
}

func indexKey(raw secretdata.Bytes, _ uint32) (key.Key, error) {
	p, err := hmacprf.NewParameters(32, hmacprf.SHA256)
	if err != nil {
		return nil, err
	}
	return hmacprf.NewKey(raw, p)
}

func signingKey(raw secretdata.Bytes, id uint32) (key.Key, error) {
	p, err := ed25519.NewParameters(ed25519.VariantTink)
	if err != nil {
		return nil, err
	}
	return ed25519.NewPrivateKey(raw, id, p)
}

// only is a keyset of one key.
func only(k key.Key) (*keyset.Handle, error) {
	m := keyset.NewManager()
	id, err := m.AddKey(k)
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	return m.Handle()
}
