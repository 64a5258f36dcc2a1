package objectstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func openS3(t *testing.T, s *devserver.S3) *objectstore.S3 {
	t.Helper()
	b, err := objectstore.NewS3(objectstore.S3Config{
		Endpoint: s.URL(), Region: "us-east-1", Bucket: harness.Bucket, AccessKey: s.AccessKey, SecretKey: s.SecretKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Folders and S3 keep the same contract.
func TestBuckets(t *testing.T) {
	server := harness.S3(t)
	folder := filepath.Join(t.TempDir(), "made", "when", "needed")
	for name, b := range map[string]struct {
		bucket backingup.Bucket
		files  string
	}{
		"folder": {objectstore.NewFolder(folder), folder},
		"s3":     {openS3(t, server), server.Objects},
	} {
		t.Run(name, func(t *testing.T) { contract(t, b.bucket, b.files) })
	}
}

func contract(t *testing.T, b backingup.Bucket, files string) {
	t.Helper()
	ctx := t.Context()
	// More than two parts of an upload, and not a multiple of one.
	large := make([]byte, 33<<20+7)
	for i := range large {
		large[i] = byte(rand.Uint32())
	}
	contents := map[string][]byte{"a/small": []byte("small"), "a/empty": {}, "a/b/large": large, "ab/other": []byte("x")}
	for name, content := range contents {
		n, err := b.Put(ctx, name, io.MultiReader(bytes.NewReader(content))) // hides the size
		if err != nil || n != int64(len(content)) {
			t.Fatalf("put %s: %d bytes, %v", name, n, err)
		}
	}
	if _, err := b.Put(ctx, "a/small", strings.NewReader("replaced")); err != nil {
		t.Fatal(err)
	}
	contents["a/small"] = []byte("replaced")
	for name, content := range contents {
		if got := read(t, b, name); !bytes.Equal(got, content) {
			t.Errorf("%s came back with %d bytes", name, len(got))
		}
	}
	if _, err := b.Get(ctx, "a/none"); !errors.Is(err, backingup.ErrNoObject) {
		t.Errorf("an object that is not there: %v", err)
	}

	broken := errors.New("broken on the way")
	for _, before := range []int{10, 20 << 20} {
		_, err := b.Put(ctx, "a/broken", io.MultiReader(bytes.NewReader(large[:before]), failing{broken}))
		if !errors.Is(err, broken) {
			t.Errorf("a source that breaks after %d bytes: %v", before, err)
		}
	}
	if diff := cmp.Diff([]string{"a/b/large", "a/empty", "a/small"}, list(t, b, "a/")); diff != "" {
		t.Error(diff)
	}
	if err := b.Delete(ctx, "a/small", "a/none", "a/empty", "a/b/large", "ab/other"); err != nil {
		t.Error(err)
	}
	if left := list(t, b, ""); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	left := 0
	_ = filepath.WalkDir(files, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left++
			t.Logf("left: %s", path)
		}
		return nil
	})
	if left > 0 {
		t.Errorf("%d files are left of objects that failed or are deleted", left)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.Put(ended, "a/late", bytes.NewReader(large)); err == nil && strings.HasPrefix(b.Address(), "s3") {
		t.Error("it wrote for a caller who has gone")
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func read(t *testing.T, b backingup.Bucket, name string) []byte {
	t.Helper()
	r, err := b.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func list(t *testing.T, b backingup.Bucket, prefix string) (names []string) {
	t.Helper()
	for object, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, object.Name)
	}
	return names
}

func TestFolderIsNotLeft(t *testing.T) {
	b := objectstore.NewFolder(t.TempDir())
	for _, name := range []string{"../x", "/etc/passwd", "a/../../x", ""} {
		if _, err := b.Put(t.Context(), name, strings.NewReader("x")); err == nil {
			t.Errorf("it wrote %q", name)
		}
		if _, err := b.Get(t.Context(), name); err == nil {
			t.Errorf("it read %q", name)
		}
	}
}

// What may pass is told from what will not.
func TestErrorsOfS3(t *testing.T) {
	server := harness.S3(t)
	good := openS3(t, server)
	if _, err := good.Put(t.Context(), "x", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	wrongKey, _ := objectstore.NewS3(objectstore.S3Config{Endpoint: server.URL(), Region: "us-east-1", Bucket: harness.Bucket, AccessKey: server.AccessKey, SecretKey: "wrong"})
	wrongBucket, _ := objectstore.NewS3(objectstore.S3Config{Endpoint: server.URL(), Region: "us-east-1", Bucket: "elsewhere", AccessKey: server.AccessKey, SecretKey: server.SecretKey})
	answering := func(do http.HandlerFunc) *objectstore.S3 {
		s := httptest.NewServer(do)
		t.Cleanup(s.Close)
		b, _ := objectstore.NewS3(objectstore.S3Config{Endpoint: s.URL, Region: "us-east-1", Bucket: harness.Bucket, AccessKey: "a", SecretKey: "b"})
		return b
	}
	troubled := answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	resetting := answering(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	for name, c := range map[string]struct {
		bucket *objectstore.S3
		want   error
	}{
		"a wrong key":              {wrongKey, backingup.ErrRefused},
		"a bucket that is not":     {wrongBucket, backingup.ErrRefused},
		"a server in trouble":      {troubled, backingup.ErrAway},
		"a connection that resets": {resetting, backingup.ErrAway},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.bucket.Put(t.Context(), "x", strings.NewReader("x")); !errors.Is(err, c.want) {
				t.Errorf("put: %v", err)
			}
			if _, err := c.bucket.Get(t.Context(), "x"); !errors.Is(err, c.want) {
				t.Errorf("get: %v", err)
			}
			for _, err := range c.bucket.List(t.Context(), "") {
				if !errors.Is(err, c.want) {
					t.Errorf("list: %v", err)
				}
			}
		})
	}
}
