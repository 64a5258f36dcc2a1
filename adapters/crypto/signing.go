package crypto

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// signing is secrets ready for use.
type signing struct {
	first tokenKey
	keys  map[string][]byte // of all secrets, by id
}

// tokenKey is a key with the id that tokens name it by.
type tokenKey struct {
	id  string
	key []byte
}

// newTokenKey derives the key of tokens from a secret.
func newTokenKey(secret string) (tokenKey, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "football token", 32)
	if err != nil {
		return tokenKey{}, fmt.Errorf("derive the key of a token: %w", err)
	}
	sum := sha256.Sum256(append([]byte("football token id"), key...))
	return tokenKey{id: hex.EncodeToString(sum[:4]), key: key}, nil
}

// errNoSecret is about a text without any.
var errNoSecret = errors.New("it holds no secret; give it one, such as the output of: openssl rand -hex 32")

func newSigning(secrets []secret) (signing, error) {
	s := signing{keys: make(map[string][]byte, len(secrets))}
	for i, each := range secrets {
		key, err := newTokenKey(each.text)
		if err != nil {
			return s, err
		}
		if i == 0 {
			s.first = key
		}
		s.keys[key.id] = key.key
	}
	if len(s.keys) == 0 {
		return s, errNoSecret
	}
	return s, nil
}

func parseSigning(text string) (signing, error) {
	secrets, err := parseSecrets(text)
	if err != nil {
		return signing{}, err
	}
	return newSigning(secrets)
}

func readSigning(path string, fit func(string) error) (signing, error) {
	secrets, err := readSecrets(path)
	if err != nil {
		return signing{}, err
	}
	for _, each := range secrets {
		if err := fit(each.text); err != nil {
			return signing{}, fmt.Errorf("JWT_SECRET_KEY_FILE %s: %w", path, err)
		}
	}
	return newSigning(secrets)
}
