package core_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
)

// Each change is logged once, however often the file is read, and each reading
// is counted.
func TestABrokenFileOfKeysIsToldOnce(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	path := filepath.Join(t.TempDir(), "tokens")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a-secret")
	tokens, err := crypto.OpenTokens(path, func(string) error { return nil }, now)
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := crypto.Derive("x", now)
	if err != nil {
		t.Fatal(err)
	}
	zapped, logs := observer.New(zap.InfoLevel)
	var readings []bool
	files := core.FollowKeyFiles(keyring, tokens, func(file string, good bool) {
		if file != "JWT_SECRET_KEY_FILE" {
			t.Errorf("%s was read", file)
		}
		readings = append(readings, good)
	}, zap.New(zapped))
	for _, text := range []string{"a-secret", "", "", "a-secret", "a-secret"} {
		write(text)
		at = at.Add(31 * time.Second)
		files.Look()
		files.Look() // which is too soon
	}
	if diff := cmp.Diff([]bool{true, false, false, true, true}, readings); diff != "" {
		t.Error(diff)
	}
	if all := logs.All(); len(all) != 2 || all[0].Level != zap.ErrorLevel || all[1].Level != zap.InfoLevel {
		t.Errorf("it logged %+v", all)
	}
}
