package crypto

import (
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

func readKeys(path string) (*keys, error) {
	h, err := readHandles(path)
	if err != nil {
		return nil, err
	}
	return newKeys(h)
}

func readHandles(path string) (handles, error) {
	text, err := readPrivate("ENCRYPTION_KEY_FILE", path, "footballctl keys generate --out "+path)
	if err != nil {
		return handles{}, err
	}
	h, err := decode(text)
	if err != nil {
		return handles{}, fmt.Errorf("ENCRYPTION_KEY_FILE %s: %w", path, err)
	}
	return h, nil
}

// Generate writes new keys to a file that must not be there yet: losing keys is
// losing what they sealed.
func Generate(path string) error {
	h, err := generate()
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	text, err := h.encode()
	if err != nil {
		return fmt.Errorf("write keys: %w", err)
	}
	return writeNew(path, text)
}

// Info is a key for columns as a list shows it.
type Info struct {
	ID      uint32
	Primary bool // new values are sealed with it
}

// List returns the keys for columns in the file at path.
func List(path string) ([]Info, error) {
	h, err := readHandles(path)
	if err != nil {
		return nil, err
	}
	out := make([]Info, h.columns.Len())
	for i := range out {
		entry, err := h.columns.Entry(i)
		if err != nil {
			return nil, err
		}
		out[i] = Info{ID: entry.KeyID(), Primary: entry.IsPrimary()}
	}
	return out, nil
}

// Rotate adds a key for columns to the file at path and makes it the one that
// new values are sealed with. The old keys stay to open what they sealed. The
// file as it was is kept beside it, with .before in its name.
func Rotate(path string) (id uint32, err error) {
	err = edit(path, func(m *keyset.Manager) error {
		if id, err = m.Add(aead.AES256GCMKeyTemplate()); err != nil {
			return err
		}
		return m.SetPrimary(id)
	})
	return id, err
}

// Retire takes a key for columns out of the file at path. Values that it sealed
// can then be opened no more, so the caller makes sure that there are none.
func Retire(path string, id uint32) error {
	return edit(path, func(m *keyset.Manager) error { return m.Delete(id) })
}

func edit(path string, change func(*keyset.Manager) error) error {
	return alone(path, func() error { return editAlone(path, change) })
}

func editAlone(path string, change func(*keyset.Manager) error) error {
	h, err := readHandles(path)
	if err != nil {
		return err
	}
	m := keyset.NewManagerFromHandle(h.columns)
	if err := change(m); err != nil {
		return fmt.Errorf("change the keys in %s: %w", path, err)
	}
	if h.columns, err = m.Handle(); err != nil {
		return err
	}
	text, err := h.encode()
	if err != nil {
		return err
	}
	return replace(path, text)
}
