// Package backingup makes backups, proves that they can be restored, and lets
// the old ones go.
package backingup

import (
	"context"
	"io"
	"iter"

	"github.com/football-prediction/football-prediction/domain"
)

// Bucket keeps objects, each whole or not at all.
type Bucket interface {
	// Put keeps what content has as the object name, replacing one of that
	// name, and returns its size. When content fails, nothing is kept.
	Put(ctx context.Context, name string, content io.Reader) (int64, error)
	// Get returns an object's content, which the caller closes, or [ErrNoObject].
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// List yields the objects whose names begin with prefix, in order of name.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Delete removes objects. Those that are not there are no error.
	Delete(ctx context.Context, names ...string) error
	// Address names the bucket to people, such as s3://backups.
	Address() string
}

// Object is an object's name and size.
type Object struct {
	Name string
	Size int64
}

// The errors of buckets. All are about the bucket named in the detail.
var (
	ErrNoObject = &domain.Error{Kind: domain.NotFound, Code: "bucket.no_object", Detail: "there is no such object"}
	// ErrRefused does not pass by itself: a credential, a policy, a name.
	ErrRefused = &domain.Error{Kind: domain.Forbidden, Code: "bucket.refused"}
	// ErrAway may pass: the network, a server's trouble, a full disk.
	ErrAway = &domain.Error{Kind: domain.Unavailable, Code: "bucket.unavailable"}
)

// Codec compresses and encrypts streams. What it writes tells when it was
// changed, cut or moved: label must be the same again.
type Codec interface {
	// Encode returns a writer to close when all is written.
	Encode(into io.Writer, label string) (io.WriteCloser, error)
	// Decode returns a reader to close. It fails with [ErrUndecipherable] where
	// the key or the bytes are not right.
	Decode(from io.Reader, label string) (io.ReadCloser, error)
}

// ErrUndecipherable is about bytes that the key does not open.
var ErrUndecipherable = &domain.Error{
	Kind: domain.Invalid, Code: "backup.undecipherable",
	Detail: "it cannot be decrypted: it was made with another key than that in BACKUP_KEY_FILE, or it was changed",
}
