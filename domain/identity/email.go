package identity

import (
	"regexp"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
)

const maxEmail = 254 // RFC 5321, 4.5.3.1.3, without the brackets

// address is the form that browsers take for an e-mail address, which leaves
// out the oddities of RFC 5322 that nobody uses, here with a domain of two
// labels at least (HTML Living Standard, 4.10.5.1.5).
var address = regexp.MustCompile("^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@" +
	`[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$`)

// NormaliseEmail returns the form in which an address is kept and compared:
// without spaces around it and in lower case, because people write their own
// address both ways and no provider of note tells them apart.
func NormaliseEmail(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if len(text) > maxEmail || !address.MatchString(text) {
		return "", domain.Errorf(domain.Invalid, "user.email", "write one e-mail address, such as ada@example.com").In("email")
	}
	return text, nil
}
