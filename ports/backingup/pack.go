package backingup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// packers is how many files are compressed, encrypted and sent at once. Each
// holds some megabytes.
const packers = 2

// ending marks what is compressed and encrypted.
const ending = ".sealed"

// pack sends every file below folder into bucket as an object of its own, below
// prefix, and returns them in order of name.
func pack(ctx context.Context, bucket Bucket, codec Codec, prefix, folder string, report Progress) ([]operation.Part, error) {
	var names []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what to pack: %w", err)
	}
	slices.Sort(names)
	parts := make([]operation.Part, len(names))
	err = inParallel(ctx, len(names), report, "parts sent", func(ctx context.Context, i int) (err error) {
		parts[i], err = packOne(ctx, bucket, codec, prefix, folder, names[i])
		return err
	})
	return parts, err
}

func packOne(ctx context.Context, bucket Bucket, codec Codec, prefix, folder, name string) (operation.Part, error) {
	file, err := os.Open(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		return operation.Part{}, err
	}
	defer func() { _ = file.Close() }()
	p, err := send(ctx, bucket, codec, prefix, name, file)
	if err != nil {
		return p, fmt.Errorf("send part %s: %w", name, err)
	}
	return p, nil
}

// send streams content through codec into bucket: no more of it is in memory
// than the codec and the bucket hold.
func send(ctx context.Context, bucket Bucket, codec Codec, prefix, name string, content io.Reader) (operation.Part, error) {
	part := operation.Part{Name: name}
	read, write := io.Pipe()
	sum := sha256.New()
	done := make(chan error, 1)
	go func() {
		err := encode(codec, write, prefix+name, content, &part.Plain)
		_ = write.CloseWithError(err)
		done <- err
	}()
	stored, err := bucket.Put(ctx, prefix+name+ending, io.TeeReader(read, sum))
	_ = read.CloseWithError(errors.New("the bucket takes no more"))
	encoding := <-done
	// Where the bucket gave up, the writer's complaint is only its echo.
	if err == nil {
		err = encoding
	}
	part.Stored, part.SHA256 = stored, digest(sum)
	return part, err
}

func encode(codec Codec, into io.Writer, label string, content io.Reader, plain *int64) error {
	encoder, err := codec.Encode(into, label)
	if err != nil {
		return err
	}
	*plain, err = io.Copy(encoder, content)
	return errors.Join(err, encoder.Close())
}

func digest(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// unpack fetches the parts of a backup into folder. The faults are those of the
// parts; the error is what kept it from finding out.
func unpack(ctx context.Context, bucket Bucket, codec Codec, prefix, folder string, parts []operation.Part, report Progress) (faults []string, err error) {
	found := make([]string, len(parts))
	err = inParallel(ctx, len(parts), report, "parts fetched", func(ctx context.Context, i int) (err error) {
		found[i], err = unpackOne(ctx, bucket, codec, prefix, folder, parts[i])
		return err
	})
	for _, fault := range found {
		if fault != "" {
			faults = append(faults, fault)
		}
	}
	return faults, err
}

func unpackOne(ctx context.Context, bucket Bucket, codec Codec, prefix, folder string, p operation.Part) (fault string, err error) {
	path := filepath.Join(folder, filepath.FromSlash(p.Name))
	if !filepath.IsLocal(p.Name) || strings.HasPrefix(p.Name, "/") {
		return fmt.Sprintf("part %s has a name that leads elsewhere", p.Name), nil
	}
	stored, err := bucket.Get(ctx, prefix+p.Name+ending)
	switch {
	case errors.Is(err, ErrNoObject):
		return fmt.Sprintf("part %s is missing", p.Name), nil
	case err != nil:
		return "", fmt.Errorf("fetch part %s: %w", p.Name, err)
	}
	defer func() { _ = stored.Close() }()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", err
	}
	fault, err = receive(codec, prefix, p, stored, file)
	return fault, errors.Join(err, file.Close())
}

// receive decodes a part. Where it is not as the manifest says, the checksum
// of all that is stored tells first, since it accuses the store and not the key.
func receive(codec Codec, prefix string, p operation.Part, stored io.Reader, into io.Writer) (fault string, err error) {
	source := &counted{from: stored, sum: sha256.New()}
	plain, wrong := decodeInto(codec, source, prefix+p.Name, into)
	if source.err != nil {
		return "", fmt.Errorf("fetch part %s: %w", p.Name, source.err)
	}
	if _, err := io.Copy(io.Discard, source); err != nil {
		return "", fmt.Errorf("fetch part %s: %w", p.Name, err)
	}
	switch sum := digest(source.sum); {
	case source.n < p.Stored:
		return fmt.Sprintf("part %s is cut off: %d of its %d bytes are there", p.Name, source.n, p.Stored), nil
	case sum != p.SHA256:
		return fmt.Sprintf("part %s was changed: its SHA-256 is %s and was %s", p.Name, sum, p.SHA256), nil
	case errors.Is(wrong, ErrUndecipherable):
		return fmt.Sprintf("part %s: %s", p.Name, ErrUndecipherable.Detail), nil
	case wrong != nil:
		return "", fmt.Errorf("unpack part %s: %w", p.Name, wrong)
	case plain != p.Plain:
		return fmt.Sprintf("part %s holds %d bytes and held %d", p.Name, plain, p.Plain), nil
	}
	return "", nil
}

func decodeInto(codec Codec, from io.Reader, label string, into io.Writer) (int64, error) {
	decoder, err := codec.Decode(from, label)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(into, decoder)
	return n, errors.Join(err, decoder.Close())
}

// counted counts and sums what is read, and keeps the store's own error apart
// from what a decoder makes of it.
type counted struct {
	from io.Reader
	sum  hash.Hash
	n    int64
	err  error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	_, _ = c.sum.Write(p[:n])
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// inParallel does n pieces of work, some at once, until one fails.
func inParallel(ctx context.Context, n int, report Progress, message string, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		done    int
	)
	for range min(n, packers) {
		workers.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				done++
				report(done, n, message)
				mu.Unlock()
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}
