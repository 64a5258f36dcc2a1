package crypto

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// secret is a secret that tokens are signed with, and what became of it.
type secret struct {
	text     string
	added    time.Time // zero when nobody wrote that down
	replaced time.Time // when another was put in front of it; zero before that
}

// secretsHead begins a file that tells the ages of its secrets. Each line after
// it is a secret with its times, the first of which signs; lines that begin
// with # are skipped. A file without it is just secrets divided by white space.
const (
	secretsHead = secretsMark + " 1"
	secretsMark = "# football token secrets"
)

// TokenSecrets are the secrets in a text, which is that of JWT_SECRET_KEY or of
// the file that stands for it, the one that signs first.
func TokenSecrets(text string) ([]string, error) {
	parsed, err := parseSecrets(text)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(parsed))
	for i, s := range parsed {
		texts[i] = s.text
	}
	return texts, nil
}

// parseSecrets never quotes text, which is secret.
func parseSecrets(text string) (secrets []secret, err error) {
	lines, aged := strings.CutPrefix(text, secretsHead+"\n")
	if !aged && strings.HasPrefix(text, secretsMark) {
		return nil, errors.New("its first line is not one that this version knows")
	}
	if !aged {
		for _, each := range strings.Fields(text) {
			secrets = append(secrets, secret{text: each})
		}
	}
	for number := 2; aged && lines != ""; number++ {
		var line string
		line, lines, _ = strings.Cut(lines, "\n")
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		s, err := parseSecret(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		secrets = append(secrets, s)
	}
	if len(secrets) == 0 {
		return nil, errNoSecret
	}
	return secrets, nil
}

func parseSecret(fields []string) (s secret, err error) {
	s.text = fields[0]
	for _, field := range fields[1:] {
		name, value, _ := strings.Cut(field, "=")
		at, err := time.Parse(time.RFC3339, value)
		switch {
		case err != nil:
			return s, errors.New("behind a secret stand added=TIME and replaced=TIME, and nothing else")
		case name == "added":
			s.added = at
		case name == "replaced":
			s.replaced = at
		default:
			return s, errors.New("behind a secret stand added=TIME and replaced=TIME, and nothing else")
		}
	}
	return s, nil
}

// formatSecrets is what parseSecrets reads.
func formatSecrets(secrets []secret) []byte {
	var out strings.Builder
	out.WriteString(secretsHead + "\n# The first signs, all verify. footballctl keys rotate --tokens changes this file.\n")
	for _, s := range secrets {
		out.WriteString(s.text)
		if !s.added.IsZero() {
			out.WriteString(" added=" + s.added.UTC().Format(time.RFC3339))
		}
		if !s.replaced.IsZero() {
			out.WriteString(" replaced=" + s.replaced.UTC().Format(time.RFC3339))
		}
		out.WriteString("\n")
	}
	return []byte(out.String())
}

// mostSecrets is more than a file of secrets is long, and keeps a path to a
// device or a dump from filling the memory.
const mostSecrets = 64 << 10

func readSecrets(path string) ([]secret, error) {
	text, err := readSmall(path)
	if err != nil {
		return nil, fmt.Errorf("JWT_SECRET_KEY_FILE: %w", err)
	}
	// A file with ages ends in a new line; one that does not is being written,
	// or was cut short on its way.
	if strings.HasPrefix(text, secretsMark) && !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("JWT_SECRET_KEY_FILE %s: its last line is cut short", path)
	}
	secrets, err := parseSecrets(text)
	if err != nil {
		return nil, fmt.Errorf("JWT_SECRET_KEY_FILE %s: %w", path, err)
	}
	return secrets, nil
}

func readSmall(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	if about, err := file.Stat(); err != nil || !about.Mode().IsRegular() {
		return "", errors.Join(err, fmt.Errorf("%s is no regular file", path))
	}
	text, err := io.ReadAll(io.LimitReader(file, mostSecrets+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > mostSecrets:
		return "", fmt.Errorf("%s holds more than %d bytes", path, mostSecrets)
	}
	return string(text), nil
}
