package core

import (
	"sync"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/crypto"
)

// KeyFileNames are the variables that name files of keys.
var KeyFileNames = []string{forColumns, forSignIns}

const (
	forColumns = "ENCRYPTION_KEY_FILE"
	forSignIns = "JWT_SECRET_KEY_FILE"
)

// KeyFiles are the files of keys that the process follows while it runs.
type KeyFiles struct {
	keyring *crypto.Keyring
	tokens  *crypto.Tokens
}

// FollowKeyFiles logs when a file of keys is broken and when it is sound again,
// and tells sound of each reading. What was good last is used meanwhile.
func FollowKeyFiles(keyring *crypto.Keyring, tokens *crypto.Tokens, sound func(file string, good bool), log *zap.Logger) *KeyFiles {
	keyring.Tell(watch(forColumns, sound, log))
	tokens.Tell(watch(forSignIns, sound, log))
	return &KeyFiles{keyring: keyring, tokens: tokens}
}

// Look reads the files whose time has come, also on a server that nobody calls.
func (k *KeyFiles) Look() {
	k.keyring.Look()
	k.tokens.Look()
}

// watch says once what changes, however often a file is read.
func watch(file string, sound func(string, bool), log *zap.Logger) func(error) {
	var (
		mu     sync.Mutex
		broken bool
	)
	return func(err error) {
		sound(file, err == nil)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil && !broken:
			log.Error("a file of keys is broken; the keys that were read last go on", zap.String("file", file), zap.Error(err))
		case err == nil && broken:
			log.Info("a file of keys is sound again", zap.String("file", file))
		}
		broken = err != nil
	}
}
