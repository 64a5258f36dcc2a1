package identity

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain"
)

// The bounds of a password in code points. Length is what makes a password
// strong; rules about its characters do not (NIST SP 800-63B, 5.1.1.2).
const (
	MinPassword = 12
	MaxPassword = 128
)

//go:embed common_passwords.txt
var commonPasswords string

var common = func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(commonPasswords) {
		set[strings.TrimSpace(line)] = true
	}
	return set
}()

// ValidatePassword refuses passwords that are too short, are tried first by
// everybody, or say the same as own, such as the user's address.
func ValidatePassword(password string, own ...string) error {
	invalid := func(format string, args ...any) error {
		return domain.Errorf(domain.Invalid, "password.weak", format, args...).In("password")
	}
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return invalid("the password is not valid UTF-8")
	case n < MinPassword:
		return invalid("the password has %d characters; use at least %d", n, MinPassword)
	case n > MaxPassword:
		return invalid("the password has %d characters; use at most %d", n, MaxPassword)
	}
	plain := strings.ToLower(password)
	if common[plain] || repeats(plain) {
		return invalid("the password is among those that are tried first; use another")
	}
	for _, text := range own {
		text = strings.ToLower(text)
		if text != "" && (plain == text || len(text) >= 4 && repeats(strings.ReplaceAll(plain, text, ""))) {
			return invalid("the password says the same as your name, address or tenant; use another")
		}
	}
	return nil
}

// repeats reports whether text is one short piece over and over, or nothing.
func repeats(text string) bool {
	for n := 1; n <= 4 && n <= len(text); n++ {
		if strings.Repeat(text[:n], len(text)/n+1)[:len(text)] == text {
			return true
		}
	}
	return text == ""
}
