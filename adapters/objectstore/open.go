package objectstore

import (
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// Open returns the bucket at an address, s3://NAME or a folder, optionally as
// file:///FOLDER. The rest of c says how S3 is reached.
func Open(address string, c S3Config) (backingup.Bucket, error) {
	if name, ok := strings.CutPrefix(address, "s3://"); ok {
		c.Bucket = strings.TrimSuffix(name, "/")
		if c.Bucket == "" || strings.Contains(c.Bucket, "/") {
			return nil, domain.Errorf(domain.Invalid, "bucket.address", "%q is no bucket; say s3://NAME", address)
		}
		return NewS3(c)
	}
	path := strings.TrimPrefix(address, "file://")
	if path == "" || strings.Contains(path, "://") {
		return nil, domain.Errorf(domain.Invalid, "bucket.address", "%q is neither s3://NAME nor a folder", address)
	}
	return NewFolder(path), nil
}
