package objectstore

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

var _ backingup.Bucket = (*S3)(nil)

// S3Config says where a bucket is. Without keys, those of the environment or of
// the machine's role are used.
type S3Config struct {
	Endpoint  string // such as https://s3.eu-central-1.amazonaws.com; Amazon's when empty
	Region    string
	Bucket    string
	AccessKey string
	SecretKey string
}

// S3 is a bucket of Amazon S3, MinIO or another that speaks the same.
type S3 struct {
	client *minio.Client
	bucket string
}

// partSize bounds the memory of an upload, as its size is not known: one part
// is held until it is sent. Ten thousand parts of it are 156 GiB an object.
const partSize = 16 << 20

const amazon = "https://s3.amazonaws.com"

// NewS3 returns the bucket. It dials nothing.
func NewS3(c S3Config) (*S3, error) {
	if c.Endpoint == "" {
		c.Endpoint = amazon
	}
	at, err := url.Parse(c.Endpoint)
	if err != nil || at.Host == "" {
		return nil, errors.New("S3_ENDPOINT is no URL such as https://s3.eu-central-1.amazonaws.com")
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 8, ResponseHeaderTimeout: time.Minute, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 10 * time.Second,
	}
	client, err := minio.New(at.Host, &minio.Options{
		Creds: keysOf(c), Secure: at.Scheme == "https", Region: c.Region, Transport: transport, TrailingHeaders: true,
		// Whoever calls tries again, with all that belongs to it.
		MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("S3_ENDPOINT: %w", err)
	}
	return &S3{client: client, bucket: c.Bucket}, nil
}

func keysOf(c S3Config) *credentials.Credentials {
	if c.AccessKey != "" {
		return credentials.NewStaticV4(c.AccessKey, c.SecretKey, "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{}})
}

// Address implements [backingup.Bucket].
func (s *S3) Address() string { return "s3://" + s.bucket }

// Put implements [backingup.Bucket]. An upload of several parts becomes an
// object when the last one is there; one that fails is taken back.
func (s *S3) Put(ctx context.Context, name string, content io.Reader) (int64, error) {
	from := &source{from: content}
	info, err := s.client.PutObject(ctx, s.bucket, name, from, -1, minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: partSize, NumThreads: 1,
		// The content is sealed, so that the store needs no hash of it in advance,
		// and the checksum that trails it finds what the network breaks.
		DisableContentSha256: true, Checksum: minio.ChecksumCRC32C,
	})
	switch {
	case from.err != nil:
		return 0, from.err
	case err != nil:
		return 0, s.meaning("write to", err)
	}
	return info.Size, nil
}

// Get implements [backingup.Bucket].
func (s *S3) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	// The plain call: the other one asks for the head first, whose answer has no
	// body to tell a bucket from an object that is not there.
	object, _, _, err := minio.Core{Client: s.client}.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, s.meaning("read", err)
	}
	return &reading{ReadCloser: object, s3: s}, nil
}

// reading gives the errors of a download their meaning.
type reading struct {
	io.ReadCloser
	s3 *S3
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.s3.meaning("read", err)
	}
	return n, err
}

// List implements [backingup.Bucket].
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[backingup.Object, error] {
	return func(yield func(backingup.Object, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for object := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if object.Err != nil {
				yield(backingup.Object{}, s.meaning("list", object.Err))
				return
			}
			if !yield(backingup.Object{Name: object.Key, Size: object.Size}, nil) {
				return
			}
		}
	}
}

// Delete implements [backingup.Bucket]: in order, so that what a caller names
// first is gone first.
func (s *S3) Delete(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}); err != nil {
			return s.meaning("delete from", err)
		}
	}
	return nil
}

// meaning tells what may pass from what will not.
func (s *S3) meaning(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	answer := minio.ToErrorResponse(err)
	kind := backingup.ErrAway
	switch {
	case answer.Code == minio.NoSuchKey:
		return backingup.ErrNoObject
	case answer.StatusCode == http.StatusTooManyRequests, answer.StatusCode == http.StatusRequestTimeout:
	case answer.StatusCode >= 400 && answer.StatusCode < 500:
		kind = backingup.ErrRefused
	}
	text := answer.Message
	if text == "" {
		text = err.Error()
	}
	return domain.Errorf(kind.Kind, kind.Code, "cannot %s %s: %s", doing, s.Address(), text)
}
