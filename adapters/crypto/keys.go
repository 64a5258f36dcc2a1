package crypto

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/signature"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// handles are the three keysets of the platform: AES-256-GCM for columns,
// HMAC-SHA-256 for looking them up, Ed25519 for checkpoints.
type handles struct{ columns, index, signing *keyset.Handle }

// keys are handles ready for use.
type keys struct {
	handles
	columns  tink.AEAD
	index    *prf.Set
	signer   tink.Signer
	verifier tink.Verifier
}

func newKeys(h handles) (k *keys, err error) {
	k = &keys{handles: h}
	public, err := h.signing.Public()
	if err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	var wrong [4]error
	k.columns, wrong[0] = aead.New(h.columns)
	k.index, wrong[1] = prf.NewPRFSet(h.index)
	k.signer, wrong[2] = signature.NewSigner(h.signing)
	k.verifier, wrong[3] = signature.NewVerifier(public)
	return k, errors.Join(wrong[:]...)
}

// knows reports whether values sealed with the key can be opened.
func (k *keys) knows(id uint32) bool { return holds(k.handles.columns, id) }

// keyFile is how keys lie in a file: three keysets in Tink's JSON.
type keyFile struct {
	Columns json.RawMessage `json:"columns"`
	Index   json.RawMessage `json:"index"`
	Signing json.RawMessage `json:"signing"`
}

func (h handles) encode() ([]byte, error) {
	var (
		file  keyFile
		wrong [3]error
	)
	file.Columns, wrong[0] = encodeKeyset(h.columns)
	file.Index, wrong[1] = encodeKeyset(h.index)
	file.Signing, wrong[2] = encodeKeyset(h.signing)
	if err := errors.Join(wrong[:]...); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(file, "", "  ")
	return append(text, '\n'), err
}

func encodeKeyset(h *keyset.Handle) (json.RawMessage, error) {
	var out bytes.Buffer
	err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&out))
	return out.Bytes(), err
}

func decode(text []byte) (h handles, err error) {
	var file keyFile
	if err := json.Unmarshal(text, &file); err != nil {
		return h, errors.New("it is not the JSON that footballctl keys generate writes")
	}
	var wrong [3]error
	h.columns, wrong[0] = decodeKeyset("columns", file.Columns)
	h.index, wrong[1] = decodeKeyset("index", file.Index)
	h.signing, wrong[2] = decodeKeyset("signing", file.Signing)
	return h, errors.Join(wrong[:]...)
}

func decodeKeyset(name string, text json.RawMessage) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		// Tink's own text could show parts of a key.
		return nil, fmt.Errorf("its keyset %q is missing or damaged", name)
	}
	return h, nil
}

func generate() (h handles, err error) {
	var wrong [3]error
	h.columns, wrong[0] = keyset.NewHandle(aead.AES256GCMKeyTemplate())
	h.index, wrong[1] = keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	h.signing, wrong[2] = keyset.NewHandle(signature.ED25519KeyTemplate())
	return h, errors.Join(wrong[:]...)
}
