package crypto

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Secrets of tokens are exchanged in three steps, each of which every server
// has seen before the next is taken. A new secret is added behind the others,
// where it only verifies. It is put in front, where it signs. Once the tokens
// that the former one signed have expired, that one is taken out.

// settled is how long after a change of the file every server has seen it:
// reading it again takes [reread], and bringing it to other machines a while.
const settled = 2 * time.Minute

// TokenSecret is a secret of tokens as a list shows it.
type TokenSecret struct {
	ID       string // what tokens name it by; it tells nothing of the secret
	Signs    bool   // new tokens are signed with it
	Waits    bool   // it was added and never put in front
	Added    time.Time
	Replaced time.Time
}

// GenerateSecrets writes one new secret to a file that must not be there yet.
func GenerateSecrets(path string, at time.Time) error {
	made, err := newSecret(at)
	if err != nil {
		return err
	}
	return writeNew(path, formatSecrets([]secret{made}))
}

// ListSecrets returns the secrets in the file at path, the one that signs first.
func ListSecrets(path string) ([]TokenSecret, error) {
	secrets, err := readSecrets(path)
	if err != nil {
		return nil, err
	}
	out := make([]TokenSecret, len(secrets))
	for i, s := range secrets {
		if out[i], err = s.shown(); err != nil {
			return nil, err
		}
		if i == 0 {
			out[i].Signs, out[i].Waits = true, false
		}
	}
	return out, nil
}

// AddSecret puts a new secret behind those in the file at path. One that waits
// to be put in front already is an error: two would be one too many.
func AddSecret(path string, at time.Time) (added TokenSecret, err error) {
	err = editSecrets(path, at, func(secrets []secret) ([]secret, error) {
		if i := waiting(secrets); i >= 0 {
			return nil, fmt.Errorf("a secret has been waiting since %s; put it in front with --promote", secrets[i].added.UTC().Format(time.RFC3339))
		}
		made, err := newSecret(at)
		if err != nil {
			return nil, err
		}
		if added, err = made.shown(); err != nil {
			return nil, err
		}
		return append(secrets, made), nil
	})
	return added, err
}

// PromoteSecret puts the secret that waits in front, so that it signs. It is
// refused until every server has had time to know it.
func PromoteSecret(path string, at time.Time) (promoted TokenSecret, err error) {
	err = editSecrets(path, at, func(secrets []secret) ([]secret, error) {
		i := waiting(secrets)
		if i < 0 {
			return nil, errors.New("no secret waits to be put in front; add one first")
		}
		next := secrets[i]
		if soonest := next.added.Add(settled); at.Before(soonest) {
			return nil, fmt.Errorf("the new secret was added %s ago, and a server may not know it yet; wait until %s",
				at.Sub(next.added).Round(time.Second), soonest.UTC().Format(time.RFC3339))
		}
		secrets[0].replaced = at
		if promoted, err = next.shown(); err != nil {
			return nil, err
		}
		promoted.Signs, promoted.Waits = true, false
		return append([]secret{next}, slices.Delete(secrets, i, i+1)...), nil
	})
	return promoted, err
}

// RetireSecrets takes out the secrets whose tokens have all expired: those that
// were replaced longer than lifetime ago. It is refused when there are none.
func RetireSecrets(path string, lifetime time.Duration, at time.Time) (retired []TokenSecret, err error) {
	err = editSecrets(path, at, func(secrets []secret) ([]secret, error) {
		var (
			left  []secret
			first time.Time // when the first of those that are left can go
		)
		for i, s := range secrets {
			end := s.replaced.Add(lifetime + settled)
			if i > 0 && !s.replaced.IsZero() && !at.Before(end) { // the first signs, whatever a hand wrote behind it
				gone, err := s.shown()
				if err != nil {
					return nil, err
				}
				retired = append(retired, gone)
				continue
			}
			if !s.replaced.IsZero() && (first.IsZero() || end.Before(first)) {
				first = end
			}
			left = append(left, s)
		}
		switch {
		case len(retired) > 0:
			return left, nil
		case first.IsZero():
			return nil, errors.New("no secret was replaced, so none can be taken out")
		}
		return nil, fmt.Errorf("a token that the former secret signed may hold until %s; taking it out earlier would sign people out",
			first.UTC().Format(time.RFC3339))
	})
	return retired, err
}

func newSecret(at time.Time) (secret, error) {
	bytes := make([]byte, 32)
	if _, err := rand.Read(bytes); err != nil {
		return secret{}, err
	}
	return secret{text: hex.EncodeToString(bytes), added: at}, nil
}

// waiting is where the secret that was never in front stands; -1 for none.
func waiting(secrets []secret) int {
	for i, s := range secrets {
		if i > 0 && s.waits() {
			return i
		}
	}
	return -1
}

func (s secret) waits() bool { return !s.added.IsZero() && s.replaced.IsZero() }

func (s secret) shown() (TokenSecret, error) {
	key, err := newTokenKey(s.text)
	return TokenSecret{ID: key.id, Waits: s.waits(), Added: s.added, Replaced: s.replaced}, err
}

func editSecrets(path string, at time.Time, change func([]secret) ([]secret, error)) error {
	return alone(path, func() error { return editSecretsAlone(path, at, change) })
}

func editSecretsAlone(path string, at time.Time, change func([]secret) ([]secret, error)) error {
	secrets, err := readSecrets(path)
	if err != nil {
		return err
	}
	// The new file will be its owner's alone. A server that has been reading it
	// as somebody else must not find that out at its next start.
	if err := private(path); err != nil {
		return fmt.Errorf("JWT_SECRET_KEY_FILE %w", err)
	}
	// Of secrets behind the first whose ages nobody wrote down, it is known
	// that they do not sign now; that they did until now is the safe guess.
	for i := range secrets[1:] {
		if s := &secrets[i+1]; s.added.IsZero() && s.replaced.IsZero() {
			s.replaced = at
		}
	}
	if secrets, err = change(secrets); err != nil {
		return err
	}
	return replace(path, formatSecrets(secrets))
}
