package machine

import (
	"bufio"
	"bytes"
	"context"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Updates = Apt{}

// Apt asks Debian's package manager. It simulates: nothing is installed, no
// list is fetched, and no right is needed.
type Apt struct{}

// aptLimit bounds the question.
const aptLimit = 2 * time.Minute

// inst is a line of apt-get -s upgrade, such as
// Inst libssl3 [3.0.11-1] (3.0.15-1 Debian-Security:12/oldstable-security [amd64]).
var inst = regexp.MustCompile(`^Inst (\S+) (?:\[([^\]]*)\] )?\((\S+) ([^)]*)\)`)

// Pending implements [maintaining.Updates].
func (Apt) Pending(ctx context.Context) ([]maintaining.Update, error) {
	program, err := exec.LookPath("apt-get")
	if err != nil {
		return nil, domain.Errorf(domain.NotFound, maintaining.ErrNotKnown.Code, "this system has no apt-get")
	}
	ctx, cancel := context.WithTimeout(ctx, aptLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-s", "-q", "upgrade")
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	out, err := cmd.Output()
	if err != nil {
		return nil, domain.Errorf(domain.NotFound, maintaining.ErrNotKnown.Code, "apt-get -s upgrade did not work: %v", err)
	}
	return updatesIn(out), nil
}

func updatesIn(out []byte) (updates []maintaining.Update) {
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if m := inst.FindStringSubmatch(lines.Text()); m != nil {
			updates = append(updates, maintaining.Update{Package: m[1], Have: m[2], Want: m[3], Security: strings.Contains(strings.ToLower(m[4]), "security")})
		}
	}
	return updates
}
