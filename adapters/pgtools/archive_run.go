package pgtools

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// ErrRepository is about a repository or a pgBackRest that is in trouble. It may
// pass.
var ErrRepository = &domain.Error{Kind: domain.Unavailable, Code: "backup.repository"}

// damage is what is wrong with what the repository holds, in words.
type damage string

func (d damage) Error() string { return string(d) }

// run runs a command of pgBackRest. The password is for those that sign in at
// the server. Secrets are in the configuration and the environment, since
// arguments are public.
func (a *Archive) run(ctx context.Context, args ...string) (string, error) {
	if err := a.configure(); err != nil {
		return "", domain.Errorf(domain.Unavailable, ErrRepository.Code, "%s", err)
	}
	env := []string{"PGPASSWORD=" + a.source.password, "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=" + a.dir, "PATH=" + os.Getenv("PATH")} //nolint:forbidigo // programs need a path, whatever the configuration is
	out, err := a.backrest.run(ctx, env, "pgbackrest", append([]string{"--config=" + a.conf(), "--stanza=" + stanza}, args...)...)
	return out, meaning(err)
}

// The numbers of pgBackRest's errors that mean more than that it failed.
var (
	// What is in the repository is not what was put there: checksum, invalid
	// file, format, missing file, invalid set, decryption.
	damaging = []int{26, 28, 29, 55, 75, crypto}
	// The server does not archive: wrong command, never arrived, switched off.
	unarchived = []int{68, 82, 87}
)

// crypto is its number for what it cannot decrypt, and for TLS.
const crypto = 95

var complaint = regexp.MustCompile(`ERROR: \[(\d{3})\]: ([^\n]*)`)

// meaning gives pgBackRest's complaint the meaning that it has for a backup.
func meaning(err error) error {
	var failed *failure
	if !errors.As(err, &failed) {
		return err
	}
	match := complaint.FindStringSubmatch(failed.complaint)
	if match == nil {
		return domain.Errorf(domain.Unavailable, ErrRepository.Code, "pgBackRest ended badly: %s", failed.Error())
	}
	number, _ := strconv.Atoi(match[1])
	// With a wrong key, it quotes what it makes of the bytes.
	text := strings.TrimPrefix(strings.ToValidUTF8(match[2], ""), "raised from local-1 protocol: ")
	switch {
	case number == crypto && strings.Contains(text, "certificate"):
		return distrust(text)
	case slices.Contains(damaging, number) && strings.Contains(text, "info file"):
		return backingup.ErrUndecipherable
	case slices.Contains(damaging, number):
		return damage("the repository is damaged: " + text)
	case slices.Contains(unarchived, number):
		return domain.Errorf(domain.Conflict, backingup.ErrUnarchived.Code, "the server's log does not reach the repository: %s", text)
	default:
		return domain.Errorf(domain.Unavailable, ErrRepository.Code, "pgBackRest: %s", text)
	}
}

// distrust is the error of a store whose certificate is of nobody known; to
// pgBackRest, what it cannot decrypt has the same number.
func distrust(said string) error {
	return domain.Errorf(domain.Unavailable, ErrRepository.Code, "pgBackRest does not trust the store: %s", said)
}

// asFault parts what is wrong with the copy from what kept us from finding out.
func asFault(err error) (fault string, _ error) {
	var d damage
	switch {
	case errors.As(err, &d):
		return d.Error(), nil
	case errors.Is(err, backingup.ErrUndecipherable):
		return "the repository: " + backingup.ErrUndecipherable.Detail, nil
	}
	return "", err
}
