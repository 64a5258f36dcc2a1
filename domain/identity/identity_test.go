package identity_test

import (
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/domain/identity"
)

func TestAddressesAreKeptInOneForm(t *testing.T) {
	for text, want := range map[string]string{
		"ada@example.com": "ada@example.com", " Ada@Example.COM ": "ada@example.com", "a.b+c@x.co": "a.b+c@x.co",
		"": "", "ada": "", "ada@": "", "@example.com": "", "ada@localhost": "", "a@b@c.com": "", "Ada <ada@example.com>": "",
		"ada@example.com\r\nBcc: x@y.z": "", "ada@exam\x00ple.com": "", "a\u200bda@example.com": "", `"ada"@example.com`: "",
		strings.Repeat("a", 250) + "@example.com": "",
	} {
		if got, err := identity.NormaliseEmail(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestPasswords(t *testing.T) {
	for password, good := range map[string]bool{
		"a sturdy bridge over water": true, "пароль длинный": true, "🐢🐢🐇🐇🐢🐢🐇🐢🐢🐇🐢🐢": true,
		"short": false, "elevenchars": false, "Password1234": false, "aaaaaaaaaaaaaaaa": false, "abcabcabcabcabc": false,
		"ada@example.com": false, "ada@example.comada@example.com": false, "\xff\xfe123456789012": false, strings.Repeat("ab!9", 33): false,
		strings.Repeat("x1y2z", 25): true,
	} {
		if err := identity.ValidatePassword(password, "ada@example.com", "Ada"); (err == nil) != good {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{" Ada ": "Ada", "李白": "李白", "": "", "  ": "", "a\nb": "", strings.Repeat("x", 101): ""} {
		if got, err := identity.ValidateName(name); got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v", name, got, err)
		}
	}
}
