package harness

import (
	"testing"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// Bucket is the name of the bucket of [S3].
const Bucket = "backups"

// S3 returns an S3 server with an empty bucket, which the test may stop.
func S3(t testing.TB) *devserver.S3 {
	t.Helper()
	s, err := devserver.StartS3(within(t), devserver.S3Options{Dir: privateDir(t, "s3"), Bucket: Bucket})
	if err != nil {
		t.Fatal("harness:", err)
	}
	stopAtEnd(t, s)
	return s
}
