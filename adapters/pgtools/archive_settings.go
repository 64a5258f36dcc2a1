package pgtools

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Store is where a repository lies: in a folder, or in S3.
type Store struct {
	Folder string
	// Endpoint is a URL that begins with https; Amazon's when empty.
	Endpoint, Region, Bucket, AccessKey, SecretKey string
	// Authority is a file with the certificate of who signed the endpoint's;
	// those that the system trusts when empty.
	Authority string
}

// inBucket keeps the repository apart from backups of other engines.
const inBucket = "/pgbackrest"

func (s Store) address() string {
	if s.Bucket != "" {
		return "s3://" + s.Bucket + inBucket
	}
	return "file://" + s.Folder
}

// stanza is pgBackRest's word for one server's backups.
const stanza = "football"

// conf is the file of pgBackRest's configuration. It holds secrets.
func (a *Archive) conf() string { return filepath.Join(a.dir, "pgbackrest.conf") }

// text is that of pgBackRest's configuration. What may go when is ours
// to say: it expires nothing by itself.
func (a *Archive) text(c ArchiveConfig) (string, error) {
	lines := []string{
		"repo1-cipher-type=aes-256-cbc", "repo1-cipher-pass=" + c.Passphrase,
		"expire-auto=n", "repo1-retention-full=9999999",
		// A server has a thousand small files; a store likes few large ones.
		"repo1-bundle=y", "start-fast=y", "compress-type=zst", "process-max=" + strconv.Itoa(a.jobs),
		"archive-timeout=" + strconv.Itoa(int(a.patience.Seconds())), "io-timeout=" + strconv.Itoa(int(a.patience.Seconds())),
		"log-level-file=off", "log-level-console=off", "log-level-stderr=warn", "lock-path=" + filepath.Join(c.Dir, "lock"),
	}
	where, err := c.Store.settings()
	if err != nil {
		return "", err
	}
	lines = append(lines, where...)
	for _, line := range lines {
		if strings.ContainsAny(line, "\r\n") {
			return "", errors.New("a setting of the repository holds a line break")
		}
	}
	return "# Written by the platform; changes are lost.\n[global]\n" + strings.Join(lines, "\n") + "\n", nil
}

func (s Store) settings() ([]string, error) {
	if s.Bucket == "" {
		if !filepath.IsAbs(s.Folder) {
			return nil, fmt.Errorf("the repository's folder %q is no absolute path", s.Folder)
		}
		return []string{"repo1-type=posix", "repo1-path=" + s.Folder}, nil
	}
	at, err := url.Parse(cmp.Or(s.Endpoint, "https://s3.amazonaws.com"))
	if err != nil || at.Host == "" || at.Scheme != "https" {
		return nil, errors.New("S3_ENDPOINT must begin with https://, since pgBackRest speaks nothing else")
	}
	lines := []string{
		"repo1-type=s3", "repo1-path=" + inBucket, "repo1-s3-bucket=" + s.Bucket, "repo1-s3-endpoint=" + at.Host,
		"repo1-s3-region=" + cmp.Or(s.Region, "us-east-1"), "repo1-s3-uri-style=path",
	}
	if s.AccessKey == "" {
		lines = append(lines, "repo1-s3-key-type=auto")
	} else {
		lines = append(lines, "repo1-s3-key="+s.AccessKey, "repo1-s3-key-secret="+s.SecretKey)
	}
	if s.Authority != "" {
		lines = append(lines, "repo1-storage-ca-file="+s.Authority)
	}
	return lines, nil
}

// configure writes the configuration unless it is as it should be, so that
// those who read it meanwhile find the old one or the new one.
func (a *Archive) configure() error {
	if err := a.backrest.folder(a.dir); err != nil {
		return fmt.Errorf("make PGBACKREST_DIR: %w", err)
	}
	if a.store.Bucket == "" {
		if err := a.backrest.folder(a.store.Folder); err != nil {
			return fmt.Errorf("make the repository's folder: %w", err)
		}
	}
	if text, err := os.ReadFile(a.conf()); err == nil && bytes.Equal(text, []byte(a.settings)) {
		return nil
	}
	file, err := os.CreateTemp(a.dir, ".conf-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write pgBackRest's configuration: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(a.settings)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = errors.Join(a.backrest.give(file.Name()), os.Rename(file.Name(), a.conf()))
	}
	if err != nil {
		return fmt.Errorf("write pgBackRest's configuration: %w", err)
	}
	return nil
}
