package devserver

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// S3Options say which S3 server to run. Dir is needed.
type S3Options struct {
	Dir    string // keeps the objects and the log; made when missing
	Bucket string // that is made
}

// S3 is a private S3 server on 127.0.0.1 that keeps objects as files.
type S3 struct {
	*Process
	port      int
	AccessKey string
	SecretKey string
	// Objects is the folder of the bucket, each object a file.
	Objects string
}

// StartS3 starts a server with one bucket. The context bounds the start only.
func StartS3(ctx context.Context, o S3Options) (*S3, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	path, err := findTool("versitygw", "the S3 server versitygw", "")
	if err != nil {
		return nil, err
	}
	// A bucket is a folder.
	s := &S3{AccessKey: rand.Text(), SecretKey: rand.Text(), Objects: filepath.Join(dir, "data", o.Bucket)}
	if err := os.MkdirAll(s.Objects, 0o700); err != nil {
		return nil, fmt.Errorf("prepare S3: %w", err)
	}
	process, ports, err := StartOnPorts(ctx, anyPorts(1), func(ports []int) Spec {
		return Spec{
			Name: "S3", Path: path, Args: []string{"--quiet", "--port", "127.0.0.1:" + strconv.Itoa(ports[0]), "posix", filepath.Join(dir, "data")},
			// Its secrets are read from there alone.
			Env: []string{"ROOT_ACCESS_KEY=" + s.AccessKey, "ROOT_SECRET_KEY=" + s.SecretKey},
			Dir: dir, Log: filepath.Join(dir, "s3.log"),
			Ready: func(ctx context.Context) error {
				conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addressOf(ports[0]))
				if err != nil {
					return err
				}
				return conn.Close()
			},
		}
	})
	if err != nil {
		return nil, err
	}
	s.Process, s.port = process, ports[0]
	return s, nil
}

// URL is the endpoint.
func (s *S3) URL() string { return "http://" + addressOf(s.port) }
