package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func run(t *testing.T, environ []string, script string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, "deploy/scripts", script), args...)
	cmd.Env = append(os.Environ(), environ...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Whoever sets the firewall up keeps his own way in, and opens nothing to all that
// belongs inside.
func TestTheFirewallLocksNobodyOut(t *testing.T) {
	t.Parallel()
	out, err := run(t, nil, "firewall.sh", "--dry-run", "10.0.0.0/8")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if lines[0] != "ufw allow 22/tcp" || lines[len(lines)-1] != "ufw --force enable" {
		t.Errorf("SSH is not first, or enabling not last:\n%s", out)
	}
	outside := slices.DeleteFunc(lines, func(line string) bool {
		return !strings.HasPrefix(line, "ufw allow ") || strings.Contains(line, " from ")
	})
	if want := []string{"ufw allow 22/tcp", "ufw allow 80/tcp", "ufw allow 443/tcp"}; !slices.Equal(outside, want) {
		t.Errorf("to all it opens %q", outside)
	}
	for _, network := range []string{"0.0.0.0/0", "everybody", "::/0"} {
		if out, err := run(t, nil, "firewall.sh", "--dry-run", network); err == nil {
			t.Errorf("it opens the databases to %s:\n%s", network, out)
		}
	}
}

func TestARenewedCertificateIsBrought(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "tls")
	for _, name := range []string{"fullchain", "privkey"} {
		if err := os.WriteFile(filepath.Join(from, name+".pem"), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := run(t, []string{"RENEWED_LINEAGE="}, "certbot-deploy.sh"); err == nil {
		t.Errorf("without certbot it says %s", out)
	}
	owner := exec.CommandContext(t.Context(), "sh", "-c", "echo $(id -u):$(id -g)")
	id, err := owner.Output()
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(t, []string{"RENEWED_LINEAGE=" + from, "CERTIFICATE_DIR=" + to, "CERTIFICATE_OWNER=" + strings.TrimSpace(string(id))}, "certbot-deploy.sh")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range []string{"fullchain", "privkey"} {
		text, err := os.ReadFile(filepath.Join(to, name+".pem"))
		about, _ := os.Stat(filepath.Join(to, name+".pem"))
		if err != nil || string(text) != name || about.Mode().Perm() != 0o600 {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}
