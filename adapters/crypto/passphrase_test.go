package crypto_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead"

	"github.com/football-prediction/football-prediction/adapters/crypto"
)

func passphrase(t *testing.T, path, purpose string) string {
	t.Helper()
	p, err := crypto.Passphrase(path, purpose)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A passphrase is as lasting as the oldest key, and nobody else's.
func TestPassphrase(t *testing.T) {
	own, other := filepath.Join(t.TempDir(), "own"), filepath.Join(t.TempDir(), "other")
	for _, path := range []string{own, other} {
		if err := crypto.GenerateStreams(path); err != nil {
			t.Fatal(err)
		}
	}
	first := passphrase(t, own, "pgbackrest")
	if len(first) != 64 || first != passphrase(t, own, "pgbackrest") {
		t.Errorf("%d characters, or not the same again", len(first))
	}
	if first == passphrase(t, own, "another") || first == passphrase(t, other, "pgbackrest") {
		t.Error("two purposes or two keys have one passphrase")
	}
	addKey(t, own)
	if first != passphrase(t, own, "pgbackrest") {
		t.Error("a key that was added changed it")
	}
	if err := os.Chmod(own, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := crypto.Passphrase(own, "pgbackrest"); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that all can read: %v", err)
	}
}

// addKey adds a key and makes it the one that encrypts.
func addKey(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	m := keyset.NewManagerFromHandle(handle)
	id, err := m.Add(streamingaead.AES256GCMHKDF1MBKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.SetPrimary(id); err != nil {
		t.Fatal(err)
	}
	if handle, err = m.Handle(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&out)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
