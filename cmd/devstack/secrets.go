package main

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// secrets are generated for a room once and kept in it, readable by us only.
type secrets struct {
	Passwords passwords `json:"database_passwords"`
	Secret    string    `json:"secret_key"`
	APIKey    string    `json:"api_key,omitempty"`  // of the tenant demo
	Password  string    `json:"password,omitempty"` // of its administrator
	Hook      string    `json:"hook,omitempty"`     // what Alertmanager proves itself with

	path string
}

// passwords are those of the database's roles.
type passwords struct {
	Owner   string `json:"football_owner"`
	App     string `json:"football_app"`
	Backup  string `json:"football_backup"`
	Restore string `json:"football_restore"`
}

func openSecrets(path string) (*secrets, error) {
	s := &secrets{path: path}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.Passwords = passwords{Owner: rand.Text(), App: rand.Text(), Backup: rand.Text(), Restore: rand.Text()}
		s.Password, s.Hook = rand.Text(), rand.Text()
		s.Secret = rand.Text() + rand.Text()
		return s, s.save()
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("%s is damaged, delete the folder around it to begin anew: %w", path, err)
	}
	if s.Password == "" || s.Hook == "" { // of a version that had none
		s.Password, s.Hook = cmp.Or(s.Password, rand.Text()), cmp.Or(s.Hook, rand.Text())
		return s, s.save()
	}
	return s, nil
}

// ensureKeys makes a file of keys once: with others, nothing that was sealed
// before could be read, and nobody would stay signed in.
func ensureKeys(path string, generate func(path string) error) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return generate(path)
}

func (s *secrets) save() error { return writePrivately(s.path, s) }

// writePrivately writes value as JSON that only we may read, whole or not at all.
func writePrivately(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
