package crypto_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/ports/access"
)

const month = 30 * 24 * time.Hour

// server is a process that follows a file of secrets.
type server struct {
	t *testing.T
	*crypto.Tokens
	at *clock
}

func startServer(t *testing.T, path string, c *clock) server {
	t.Helper()
	tokens, err := crypto.OpenTokens(path, func(string) error { return nil }, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return server{t, tokens, c}
}

func (s server) issue() string {
	s.t.Helper()
	text, err := s.Issue(access.Claims{Purpose: access.RefreshToken, TenantID: "t", UserID: "u", ExpiresAt: s.at.now().Add(2 * month)})
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func (s server) takes(text string) bool {
	_, err := s.Verify(access.RefreshToken, text)
	return err == nil
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// Two servers read one file at different moments. Whatever one has signed, the
// other takes, through all steps of the exchange.
func TestSecretsAreExchangedWhileServersRun(t *testing.T) {
	path, c := secretFile(t, "an-old-secret\n"), newClock()
	early := startServer(t, path, c)
	c.at = c.at.Add(20 * time.Second)
	servers := []server{early, startServer(t, path, c)}
	all := []string{early.issue()}
	pass := func(d time.Duration) {
		t.Helper()
		for end := c.at.Add(d); c.at.Before(end); c.at = c.at.Add(5 * time.Second) {
			for _, s := range servers {
				all = append(all, s.issue())
			}
			for i, s := range servers {
				for n, text := range all {
					if !s.takes(text) {
						t.Fatalf("server %d refuses token %d of %d", i, n, len(all))
					}
				}
			}
			all = append(all[:1], all[max(1, len(all)-20):]...)
		}
	}
	pass(25 * time.Second)
	added := must(crypto.AddSecret(path, c.at))(t)
	if _, err := crypto.AddSecret(path, c.at); err == nil {
		t.Error("a second secret was added before the first is in use")
	}
	if _, err := crypto.PromoteSecret(path, c.at.Add(90*time.Second)); err == nil || !strings.Contains(err.Error(), "wait until") {
		t.Errorf("promoted before every server can know it: %v", err)
	}
	pass(2*time.Minute + 5*time.Second)
	if got := must(crypto.PromoteSecret(path, c.at))(t); got.ID != added.ID || !got.Signs {
		t.Errorf("promoted %+v, want %s", got, added.ID)
	}
	pass(time.Minute)
	if _, err := crypto.RetireSecrets(path, month, c.at); err == nil || !strings.Contains(err.Error(), "sign people out") {
		t.Errorf("retired while its tokens hold: %v", err)
	}
	old, young := all[0], servers[1].issue()
	c.at = c.at.Add(month - 2*time.Minute)
	if _, err := crypto.RetireSecrets(path, month, c.at); err == nil {
		t.Error("retired a moment early")
	}
	if !servers[0].takes(old) {
		t.Error("an old token is refused before its secret is retired")
	}
	c.at = c.at.Add(5 * time.Minute)
	if gone := must(crypto.RetireSecrets(path, month, c.at))(t); len(gone) != 1 || gone[0].ID == added.ID {
		t.Errorf("retired %+v", gone)
	}
	c.at = c.at.Add(31 * time.Second)
	for i, s := range servers {
		if s.takes(old) || !s.takes(young) {
			t.Errorf("server %d: takes a retired secret's token: %v, the new one's: %v", i, s.takes(old), s.takes(young))
		}
	}
	left := must(crypto.ListSecrets(path))(t)
	if len(left) != 1 || left[0].ID != added.ID || !left[0].Signs || left[0].Waits {
		t.Errorf("the file holds %+v", left)
	}
}

// A server that has not seen the file since another began to sign with a new
// secret looks at once.
func TestATokenOfAnUnknownSecretMakesAServerLook(t *testing.T) {
	path, c := secretFile(t, "one"), newClock()
	s := startServer(t, path, c)
	if err := os.WriteFile(path, []byte("two one"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := startServer(t, path, c).issue()
	c.at = c.at.Add(2 * time.Second)
	if !s.takes(foreign) {
		t.Error("it refuses the token")
	}
}

func TestABrokenFileKeepsTheLastGoodSecrets(t *testing.T) {
	const head = "# football token secrets 1\n"
	for name, text := range map[string]string{
		"emptied": "", "blank": " \n\n", "only a head": head, "no times": head + "secret addded=2026-11-24T12:00:00Z\n",
		"no moment": head + "secret added=yesterday\n", "cut short": head + "secret added=2026-11-24T12:00:00Z\nsecr",
		"of the future": "# football token secrets 2\nsecret\n", "unfit": "weak", "huge": strings.Repeat("x ", 40_000), "gone": "-",
	} {
		t.Run(name, func(t *testing.T) {
			path, c := secretFile(t, "a-good-secret"), newClock()
			weak := errors.New("weak")
			tokens, err := crypto.OpenTokens(path, func(s string) error {
				if s == "weak" {
					return weak
				}
				return nil
			}, c.now)
			if err != nil {
				t.Fatal(err)
			}
			var told []error
			tokens.Tell(func(err error) { told = append(told, err) })
			s := server{t, tokens, c}
			before := s.issue()
			if text == "-" {
				err = os.Remove(path)
			} else {
				err = os.WriteFile(path, []byte(text), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			c.at = c.at.Add(31 * time.Second)
			if !s.takes(before) || !s.takes(s.issue()) {
				t.Error("it no longer takes what it signed")
			}
			if len(told) != 1 || told[0] == nil || strings.Contains(told[0].Error(), "secr ") {
				t.Fatalf("it told %v", told)
			}
			if _, err := crypto.OpenTokens(path, func(s string) error {
				if s == "weak" {
					return weak
				}
				return nil
			}, c.now); err == nil {
				t.Error("a server starts with it")
			}
			if err := os.WriteFile(path, []byte("another a-good-secret"), 0o600); err != nil {
				t.Fatal(err)
			}
			c.at = c.at.Add(31 * time.Second)
			if tokens.Look(); len(told) != 2 || told[1] != nil {
				t.Errorf("of the mended file it told %v", told)
			}
		})
	}
}

// Files that are just secrets work as ever, and get ages when they are changed.
func TestAPlainFileOfSecrets(t *testing.T) {
	path, c := secretFile(t, "first  second\nthird"), newClock()
	old := startServer(t, path, c).issue()
	before := must(crypto.ListSecrets(path))(t)
	if len(before) != 3 || !before[0].Signs || before[1].Waits {
		t.Fatalf("it lists %+v", before)
	}
	if _, err := crypto.PromoteSecret(path, c.at); err == nil {
		t.Error("promoted a secret that nobody added")
	}
	if _, err := crypto.RetireSecrets(path, 0, c.at); err == nil {
		t.Error("retired secrets of unknown age at once")
	}
	must(crypto.AddSecret(path, c.at))(t)
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "# football token secrets 1\n") {
		t.Fatalf("the file is %s, %v", text, err)
	}
	about, err := os.Stat(path)
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", about.Mode(), err)
	}
	if kept, err := os.ReadFile(path + ".before"); err != nil || string(kept) != "first  second\nthird" {
		t.Errorf("kept beside it is %q, %v", kept, err)
	}
	if !startServer(t, path, c).takes(old) {
		t.Error("the same secrets with ages do not take the old token")
	}
	after := must(crypto.ListSecrets(path))(t)
	ids := func(all []crypto.TokenSecret) (ids []string) {
		for _, s := range all {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if !slices.Equal(ids(after)[:3], ids(before)) || !after[3].Waits || !after[1].Replaced.Equal(c.at) || !after[0].Replaced.IsZero() {
		t.Errorf("after adding it lists %+v", after)
	}
	if gone := must(crypto.RetireSecrets(path, month, c.at.Add(month+time.Hour)))(t); !slices.Equal(ids(gone), ids(before)[1:]) {
		t.Errorf("retired %+v", gone)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := crypto.PromoteSecret(path, c.at.Add(time.Hour)); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others read was replaced by one that they cannot: %v", err)
	}
}

// A path may lead to the file; the way stays.
func TestALinkToTheFileStaysOne(t *testing.T) {
	path := secretFile(t, "first")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	must(crypto.AddSecret(link, newClock().at))(t)
	if about, err := os.Lstat(link); err != nil || about.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", about.Mode(), err)
	}
	if all := must(crypto.ListSecrets(path))(t); len(all) != 2 {
		t.Errorf("the file holds %+v", all)
	}
}

func TestSecretsOfOneFileAreGeneratedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	if err := crypto.GenerateSecrets(path, newClock().at); err != nil {
		t.Fatal(err)
	}
	if err := crypto.GenerateSecrets(path, newClock().at); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("generated over secrets: %v", err)
	}
	if all := must(crypto.ListSecrets(path))(t); len(all) != 1 || !all[0].Signs || all[0].Waits {
		t.Errorf("the file holds %+v", all)
	}
}
