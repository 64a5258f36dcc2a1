package crypto

import (
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/football-prediction/football-prediction/ports/authenticating"
)

var _ authenticating.Codes = Codes{}

// Codes are time-based one-time passwords (RFC 6238) as authenticator apps make
// them: six digits of HMAC-SHA-1, a new one every 30 seconds.
type Codes struct{}

const period = 30

// New implements [authenticating.Codes].
func (Codes) New(account string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Football Prediction", AccountName: account, Period: period, SecretSize: 20})
	if err != nil {
		return "", "", fmt.Errorf("make a second factor: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// Step implements [authenticating.Codes]. Codes of the step before and after
// count too, because clocks differ (RFC 6238, 5.2).
func (Codes) Step(secret, code string, at time.Time) (step int64, ok bool) {
	now := at.Unix() / period
	for _, step := range []int64{now, now - 1, now + 1} {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*period, 0), totp.ValidateOpts{Period: period, Digits: otp.DigitsSix})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}
