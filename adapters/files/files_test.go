package files_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/files"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

const settings = `[{"name":"ENV","value":"test","origin":"environment"}]`

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quiet(int, int, string) {}

func engine(t *testing.T, uploads, logs string) *files.Folders {
	t.Helper()
	e, err := files.New(files.Config{
		Settings: []byte(settings), Now: time.Now,
		Roots: []files.Root{{Name: "uploads", Path: uploads}, {Name: "models"}, {Name: "logs", Path: logs}},
	})
	must(t, err)
	return e
}

func write(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(content), 0o600))
	must(t, os.Chmod(path, mode))
}

// then is a time that no file has by itself.
var then = time.Date(2024, 2, 29, 12, 34, 56, 789_000_000, time.UTC)

// uploads makes a folder with something of everything.
func uploads(t *testing.T) string {
	t.Helper()
	at := t.TempDir()
	write(t, filepath.Join(at, "a.txt"), "a", 0o644)
	write(t, filepath.Join(at, "deep", "er", "b.bin"), strings.Repeat("b", 100_000), 0o600)
	write(t, filepath.Join(at, "odd \"name\"\n\xff é"), "odd", 0o640)
	write(t, filepath.Join(at, strings.Repeat("long", 60)), "long", 0o644)
	write(t, filepath.Join(at, "empty"), "", 0o444)
	must(t, os.Mkdir(filepath.Join(at, "hollow"), 0o750))
	must(t, os.Symlink("deep/er/b.bin", filepath.Join(at, "inward")))
	must(t, os.Symlink("/etc/passwd", filepath.Join(at, "outward")))
	must(t, os.Symlink("..", filepath.Join(at, "deep", "upward")))
	must(t, os.Chtimes(filepath.Join(at, "a.txt"), then, then))
	must(t, os.Chtimes(filepath.Join(at, "hollow"), then, then))
	must(t, syscall.Mkfifo(filepath.Join(at, "pipe"), 0o600))
	listen(t, filepath.Join(at, "socket"))
	return at
}

func listen(t *testing.T, path string) {
	t.Helper()
	// A socket's path may be too long for a test's folder.
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", short(t, path))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
}

// short is another name of a path.
func short(t *testing.T, path string) string {
	t.Helper()
	at, err := os.MkdirTemp("", "s") //nolint:usetesting // the name of a test's folder is too long
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(at) })
	must(t, os.Symlink(filepath.Dir(path), filepath.Join(at, "l")))
	return filepath.Join(at, "l", filepath.Base(path))
}

func capture(t *testing.T, e *files.Folders) (string, operation.Inventory) {
	t.Helper()
	folder := t.TempDir()
	inventory, err := e.Capture(t.Context(), folder, quiet)
	must(t, err)
	return folder, inventory
}

// faults restores what is in folder and says what is wrong with it.
func faults(t *testing.T, e *files.Folders, folder string, was operation.Inventory) string {
	t.Helper()
	before := names(t, folder)
	r, err := e.Rehearse(t.Context(), "id", folder, quiet)
	must(t, err)
	if diff := cmp.Diff(before, names(t, folder)); diff != "" {
		t.Error("something is left", diff)
	}
	return strings.Join(append(r.Faults, operation.Compare(was, r.Inventory)...), "; ")
}

func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestFoldersAreBackedUpWhole(t *testing.T) {
	t.Parallel()
	logs := t.TempDir()
	write(t, filepath.Join(logs, "api.log"), "a line\n", 0o640)
	e := engine(t, uploads(t), logs)
	folder, inventory := capture(t, e)
	if diff := cmp.Diff([]string{"configuration.json", "logs.list", "logs.tar", "uploads.list", "uploads.tar"}, names(t, folder)); diff != "" {
		t.Error(diff)
	}
	rows := make(map[string]int64)
	for _, s := range inventory.Sets {
		rows[s.Name] = s.Rows
	}
	if diff := cmp.Diff(map[string]int64{"configuration": 1, "uploads": 5, "logs": 1}, rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]operation.Object{
		{Kind: "skipped", Name: "uploads/pipe", Definition: "pipe"}, {Kind: "skipped", Name: "uploads/socket", Definition: "socket"},
	}, inventory.Objects); diff != "" {
		t.Error(diff)
	}
	if got := faults(t, e, folder, inventory); got != "" {
		t.Error(got)
	}
	content, err := os.ReadFile(filepath.Join(folder, "configuration.json"))
	if err != nil || string(content) != settings {
		t.Errorf("configuration %s, %v", content, err)
	}
	if size, err := e.Size(t.Context()); err != nil || size < 100_000 {
		t.Errorf("its size is estimated at %d: %v", size, err)
	}
}

// state is all that restoring must bring back.
func state(t *testing.T, at string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	must(t, filepath.WalkDir(at, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		name, err := filepath.Rel(at, path)
		must(t, err)
		info, err := d.Info()
		must(t, err)
		text := info.Mode().String() + " " + info.ModTime().UTC().String()
		switch {
		case info.Mode().IsRegular():
			content, err := os.ReadFile(path)
			must(t, err)
			text += " " + string(content)
		case info.Mode()&fs.ModeSymlink != 0:
			text, err = os.Readlink(path)
			must(t, err)
		case !info.IsDir():
			return nil // sockets and pipes are not kept
		}
		all[name] = text
		return nil
	}))
	return all
}

func TestFoldersAreRestoredInPlace(t *testing.T) {
	t.Parallel()
	at, logs := uploads(t), t.TempDir()
	write(t, filepath.Join(logs, "api.log"), "a line\n", 0o640)
	e := engine(t, at, logs)
	folder, _ := capture(t, e)
	was := state(t, at)
	write(t, filepath.Join(at, "a.txt"), "changed", 0o644)
	must(t, os.RemoveAll(filepath.Join(at, "deep")))
	changed := state(t, at)
	parent := t.TempDir()
	moved := filepath.Join(parent, "moved")
	kept, err := files.Unpack(t.Context(), folder, map[string]string{"uploads": at, "logs": moved})
	must(t, err)
	if diff := cmp.Diff(was, state(t, at)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(state(t, logs), state(t, moved)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(changed, state(t, kept["uploads"])); diff != "" || len(kept) != 1 {
		t.Error("what was there before", kept, diff)
	}
	if left := names(t, parent); len(left) != 1 {
		t.Errorf("beside it are %v", left)
	}
}

// When the second cannot be put in place, the first is as before. The second's
// place is within the first, and goes away with it.
func TestAllFoldersAreRestoredOrNone(t *testing.T) {
	t.Parallel()
	at, logs := uploads(t), t.TempDir()
	e := engine(t, at, logs)
	folder, _ := capture(t, e)
	parent := t.TempDir()
	first := filepath.Join(parent, "first")
	write(t, filepath.Join(first, "present"), "present", 0o600)
	file := filepath.Join(first, "file")
	write(t, file, "a file gives way to no folder", 0o600)
	was := state(t, parent)
	if _, err := files.Unpack(t.Context(), folder, map[string]string{"logs": first, "uploads": filepath.Join(first, "second")}); err == nil {
		t.Error("one was put into the other")
	}
	if _, err := files.Unpack(t.Context(), folder, map[string]string{"uploads": file}); !errors.Is(err, files.ErrPlace) {
		t.Errorf("put in place of a file: %v", err)
	}
	now := state(t, parent)
	for _, name := range []string{".", "first"} { // they were changed and changed back
		was[name], now[name] = "", ""
	}
	if diff := cmp.Diff(was, now); diff != "" {
		t.Error(diff)
	}
}

func TestPlantedFaultsInFoldersAreFound(t *testing.T) {
	t.Parallel()
	change := func(name string, with func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			t.Helper()
			path := filepath.Join(folder, name)
			content, err := os.ReadFile(path)
			must(t, err)
			must(t, os.WriteFile(path, with(content), 0o600))
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			t.Helper()
			must(t, os.Remove(filepath.Join(folder, name)))
		}
	}
	repack := func(with func(*tar.Header, *[]byte) bool) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			t.Helper()
			repacked(t, filepath.Join(folder, "uploads.tar"), with)
		}
	}
	for name, fault := range map[string]struct {
		plant func(*testing.T, string)
		want  string
	}{
		"a flipped byte in a file":   {change("uploads.tar", func(c []byte) []byte { c[bytes.Index(c, []byte("bbbb"))] = 'B'; return c }), "uploads/deep/er/b.bin is {"},
		"a flipped byte in a header": {change("uploads.tar", func(c []byte) []byte { c[bytes.Index(c, []byte("ustar"))] = 'U'; return c }), "uploads cannot be restored: "},
		"truncated in a file":        {change("uploads.tar", func(c []byte) []byte { return c[:bytes.Index(c, []byte("bbbb"))+99] }), "uploads cannot be restored: "},
		"no bytes":                   {change("uploads.tar", func([]byte) []byte { return nil }), "file uploads/a.txt is missing"},
		"no archive":                 {remove("uploads.tar"), "uploads is missing, with 5 rows"},
		"no list":                    {remove("uploads.list"), "the list of uploads is missing"},
		"half a list":                {change("uploads.list", func(c []byte) []byte { return c[:len(c)/2] }), "the list of uploads cannot be read: line "},
		"no configuration":           {remove("configuration.json"), "configuration is missing, with 1 rows"},
		"another configuration":      {change("configuration.json", func(c []byte) []byte { return append(c, ' ') }), "configuration has its 1 rows, but not with the contents"},
		"a file less":                {repack(func(h *tar.Header, _ *[]byte) bool { return h.Name != "a.txt" }), "file uploads/a.txt is missing; uploads has 4 rows and had 5"},
		"a link less":                {repack(func(h *tar.Header, _ *[]byte) bool { return h.Name != "inward" }), "link uploads/inward is missing; uploads has its 5 rows, but not"},
		"a folder less":              {repack(func(h *tar.Header, _ *[]byte) bool { return h.Name != "hollow/" }), "folder uploads/hollow is missing"},
		"a link that leads elsewhere": {repack(func(h *tar.Header, _ *[]byte) bool {
			h.Linkname = strings.Replace(h.Linkname, "passwd", "shadow", 1)
			return true
		}), "uploads/outward is {link 0 0 - "},
		"permissions": {repack(func(h *tar.Header, _ *[]byte) bool { h.Mode |= 0o002; return true }), "uploads/a.txt is {file 646 1 "},
		"another text": {repack(func(h *tar.Header, content *[]byte) bool {
			if h.Name == "a.txt" {
				*content = []byte("A")
			}
			return true
		}), "uploads/a.txt is {file 644 1 "},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, uploads(t), "")
			folder, inventory := capture(t, e)
			fault.plant(t, folder)
			if got := faults(t, e, folder, inventory); !strings.Contains(got, fault.want) {
				t.Errorf("found %q", got)
			}
			if strings.Contains(name, "configuration") {
				return
			}
			at := filepath.Join(t.TempDir(), "at")
			if _, err := files.Unpack(t.Context(), folder, map[string]string{"uploads": at}); err == nil {
				t.Error("it was put in place all the same")
			}
			if left := names(t, filepath.Dir(at)); len(left) != 0 {
				t.Errorf("left are %v", left)
			}
		})
	}
}

// repacked writes an archive anew, with what is changed or left out.
func repacked(t *testing.T, path string, with func(*tar.Header, *[]byte) bool) {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	var anew bytes.Buffer
	from, to := tar.NewReader(bytes.NewReader(content)), tar.NewWriter(&anew)
	for {
		h, err := from.Next()
		if err != nil {
			break
		}
		var body bytes.Buffer
		_, err = body.ReadFrom(from)
		must(t, err)
		bytes := body.Bytes()
		if !with(h, &bytes) {
			continue
		}
		h.Size = int64(len(bytes))
		must(t, to.WriteHeader(h))
		_, err = to.Write(bytes)
		must(t, err)
	}
	must(t, to.Close())
	must(t, os.WriteFile(path, anew.Bytes(), 0o600))
}

func TestHostileArchivesHarmNobody(t *testing.T) {
	t.Parallel()
	file := func(name string) *tar.Header {
		return &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: 4}
	}
	outside := t.TempDir()
	for name, test := range map[string]struct {
		entries []*tar.Header
		want    string
	}{
		"upwards":            {[]*tar.Header{file("../evil")}, "leads elsewhere"},
		"upwards and back":   {[]*tar.Header{file("a/../../evil")}, "leads elsewhere"},
		"absolute":           {[]*tar.Header{file("/evil")}, "leads elsewhere"},
		"through a link out": {[]*tar.Header{{Name: "l", Typeflag: tar.TypeSymlink, Linkname: outside}, file("l/evil")}, "no such file"},
		"over a link out":    {[]*tar.Header{{Name: "evil", Typeflag: tar.TypeSymlink, Linkname: filepath.Join(outside, "evil")}, file("evil")}, "file exists"},
		"a link over a folder": {[]*tar.Header{
			{Name: "d", Typeflag: tar.TypeDir, Mode: 0o755}, {Name: "d", Typeflag: tar.TypeSymlink, Linkname: outside}, file("d/evil"),
		}, "file exists"},
		"twice":       {[]*tar.Header{file("a"), file("a")}, "file exists"},
		"a hard link": {[]*tar.Header{{Name: "h", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}}, "of type '1'"},
		"a device":    {[]*tar.Header{{Name: "d", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}}, "of type '3'"},
		"a pipe":      {[]*tar.Header{{Name: "p", Typeflag: tar.TypeFifo}}, "of type '6'"},
		"deep":        {[]*tar.Header{file(strings.Repeat("d/", 3000) + "evil")}, "no such file"},
		"long":        {[]*tar.Header{file(strings.Repeat("e", 5000))}, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			var archive bytes.Buffer
			to := tar.NewWriter(&archive)
			for _, h := range test.entries {
				must(t, to.WriteHeader(h))
				_, err := to.Write(bytes.Repeat([]byte("evil"), int(h.Size/4)))
				must(t, err)
			}
			must(t, to.Close())
			must(t, os.WriteFile(filepath.Join(folder, "uploads.tar"), archive.Bytes(), 0o600))
			must(t, os.WriteFile(filepath.Join(folder, "uploads.list"), nil, 0o600))
			if got := faults(t, engine(t, "", ""), folder, operation.Inventory{}); !strings.Contains(got, test.want) {
				t.Errorf("found %q", got)
			}
			if left := names(t, outside); len(left) > 0 {
				t.Errorf("it got out: %v", left)
			}
		})
	}
}

// A file that is all hole takes a few bytes of an archive and any number of the
// disk.
func TestHolesFillNoDisk(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	records := map[string]string{"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": "1000000000000", "GNU.sparse.numblocks": "0", "GNU.sparse.map": ""}
	var pax bytes.Buffer
	for key, value := range records {
		line := " " + key + "=" + value + "\n"
		n := len(line) + 1
		for n != len(line)+len(itoa(n)) {
			n = len(line) + len(itoa(n))
		}
		pax.WriteString(itoa(n) + line)
	}
	var archive bytes.Buffer
	archive.Write(header("pax", 'x', pax.Len()))
	archive.Write(pax.Bytes())
	archive.Write(make([]byte, (512-pax.Len()%512)%512))
	archive.Write(header("hole", '0', 0))
	archive.Write(make([]byte, 1024))
	must(t, os.WriteFile(filepath.Join(folder, "uploads.tar"), archive.Bytes(), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "uploads.list"), nil, 0o600))
	if got := faults(t, engine(t, "", ""), folder, operation.Inventory{}); !strings.Contains(got, "longer than the archive") {
		t.Errorf("found %q", got)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// header is a header of a tar, which Go's writer makes of honest files only.
func header(name string, kind byte, size int) []byte {
	h := make([]byte, 512)
	copy(h, name)
	copy(h[100:], "0000644\x00")
	copy(h[108:], "0000000\x00")
	copy(h[116:], "0000000\x00")
	octal := []byte("00000000000\x00")
	for i := 10; size > 0; i-- {
		octal[i] = byte('0' + size%8)
		size /= 8
	}
	copy(h[124:], octal)
	copy(h[136:], "00000000000\x00")
	h[156] = kind
	copy(h[257:], "ustar\x0000")
	copy(h[148:], "        ")
	sum := 0
	for _, b := range h {
		sum += int(b)
	}
	octal = []byte("000000\x00 ")
	for i := 5; sum > 0; i-- {
		octal[i] = byte('0' + sum%8)
		sum /= 8
	}
	copy(h[148:], octal)
	return h
}

// Whatever happens to a file while it is read, what is said of it is true of
// what was kept.
func TestFilesThatChangeMeanwhileAreKeptConsistently(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	for name, test := range map[string]struct {
		meanwhile func(t *testing.T, path string)
		least     int64
		most      int64
	}{
		"cut": {func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Truncate(path, 3<<20))
		}, 3 << 20, 3 << 20},
		"emptied": {func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Truncate(path, 0))
		}, 0, 0},
		"longer": {func(t *testing.T, path string) {
			t.Helper()
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			must(t, err)
			_, err = f.Write(make([]byte, size))
			must(t, errors.Join(err, f.Close()))
		}, size, size},
		"rewritten": {func(t *testing.T, path string) {
			t.Helper()
			must(t, os.WriteFile(path, bytes.Repeat([]byte("n"), size), 0o600))
		}, size, size},
		"deleted": {func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Remove(path))
		}, size, size},
	} {
		t.Run(name, func(t *testing.T) {
			at, folder := t.TempDir(), t.TempDir()
			write(t, filepath.Join(at, "big"), strings.Repeat("o", size), 0o600)
			write(t, filepath.Join(at, "next"), "next", 0o600)
			e := engine(t, at, "")
			done := false
			inventory, err := e.Capture(t.Context(), folder, func(int, int, string) {
				if !done {
					done = true
					test.meanwhile(t, filepath.Join(at, "big"))
				}
			})
			must(t, err)
			if got := faults(t, e, folder, inventory); got != "" || !done {
				t.Errorf("changed %t: %s", done, got)
			}
			into := filepath.Join(t.TempDir(), "into")
			_, err = files.Unpack(t.Context(), folder, map[string]string{"uploads": into})
			must(t, err)
			info, err := os.Stat(filepath.Join(into, "big"))
			if err != nil || info.Size() < test.least || info.Size() > test.most {
				t.Errorf("it has %d bytes: %v", info.Size(), err)
			}
			if content, err := os.ReadFile(filepath.Join(into, "next")); err != nil || string(content) != "next" {
				t.Errorf("the next file is %q: %v", content, err)
			}
		})
	}
}

// What vanishes, or becomes something else, before it is reached is no fault.
func TestFilesThatVanishAreLeftOut(t *testing.T) {
	t.Parallel()
	at, folder := t.TempDir(), t.TempDir()
	write(t, filepath.Join(at, "big"), strings.Repeat("o", 2<<20), 0o600)
	for _, name := range []string{"vanishing", "vanishing-folder/inner", "link-to-be", "pipe-to-be", "staying"} {
		write(t, filepath.Join(at, name), name, 0o600)
	}
	e := engine(t, at, "")
	done := false
	inventory, err := e.Capture(t.Context(), folder, func(int, int, string) {
		if done {
			return
		}
		done = true
		must(t, os.RemoveAll(filepath.Join(at, "vanishing-folder")))
		for _, name := range []string{"vanishing", "link-to-be", "pipe-to-be"} {
			must(t, os.Remove(filepath.Join(at, name)))
		}
		must(t, os.Symlink("/etc/passwd", filepath.Join(at, "link-to-be")))
		must(t, syscall.Mkfifo(filepath.Join(at, "pipe-to-be"), 0o600))
	})
	must(t, err)
	if got := faults(t, e, folder, inventory); got != "" || inventory.Sets[1].Rows != 2 {
		t.Errorf("%d files are kept: %s", inventory.Sets[1].Rows, got)
	}
}

// Under a crowd that writes, cuts, renames and deletes, each backup is verified.
func TestFoldersInUseAreVerified(t *testing.T) {
	t.Parallel()
	at := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			path := filepath.Join(at, string(rune('a'+n%26)), string(rune('a'+n%7)))
			_ = os.MkdirAll(filepath.Dir(path), 0o755)
			switch n % 5 {
			case 0, 1, 2:
				_ = os.WriteFile(path, make([]byte, n*7919%20_000), 0o600)
			case 3:
				_ = os.Truncate(path, int64(n%1000))
			case 4:
				_ = os.Rename(path, path+"-moved")
				if n%35 == 4 {
					_ = os.RemoveAll(filepath.Dir(path))
				}
			}
		}
		ended <- n
	}()
	e := engine(t, at, "")
	var kept int64
	for range 8 {
		folder, inventory := capture(t, e)
		if got := faults(t, e, folder, inventory); got != "" {
			t.Error(got)
		}
		kept += inventory.Sets[1].Rows
	}
	stop()
	t.Logf("%d changes meanwhile, %d files kept", <-ended, kept)
}

// Who may write to a folder can make a backup neither fail nor read what lies
// elsewhere: a file and a folder become links that lead out, a file becomes a pipe, and back.
func TestLinksThatTakeTheirPlaceLeadNowhere(t *testing.T) {
	t.Parallel()
	at, secrets := t.TempDir(), t.TempDir()
	write(t, filepath.Join(secrets, "secret"), "hunter2", 0o600)
	write(t, filepath.Join(at, "folder", "secret"), "none", 0o600)
	write(t, filepath.Join(at, "file"), "none", 0o600)
	write(t, filepath.Join(at, "turn"), "none", 0o600)
	must(t, syscall.Mkfifo(filepath.Join(at, "other-turn"), 0o600))
	must(t, os.Symlink(secrets, filepath.Join(at, "other-folder")))
	must(t, os.Symlink(filepath.Join(secrets, "secret"), filepath.Join(at, "other-file")))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			for _, name := range []string{"folder", "file", "turn"} {
				here, other, aside := filepath.Join(at, name), filepath.Join(at, "other-"+name), filepath.Join(at, "aside-"+name)
				_, _, _ = os.Rename(here, aside), os.Rename(other, here), os.Rename(aside, other)
			}
		}
	}()
	e := engine(t, at, "")
	for range 300 {
		folder, inventory := capture(t, e)
		if got := faults(t, e, folder, inventory); got != "" {
			t.Fatal(got)
		}
		if content, err := os.ReadFile(filepath.Join(folder, "uploads.tar")); err != nil || bytes.Contains(content, []byte("hunter2")) {
			t.Fatalf("the secret is in it, or %v", err)
		}
	}
	stop()
	<-ended
}

func TestFoldersThatCannotBeBackedUp(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "", 0o600)
	for name, at := range map[string]string{"that is not there": filepath.Join(t.TempDir(), "missing"), "that is a file": file} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, at, "")
			if _, err := e.Capture(t.Context(), t.TempDir(), quiet); !errors.Is(err, files.ErrAway) || !strings.Contains(err.Error(), "uploads cannot be backed up") {
				t.Errorf("error %v", err)
			}
			if _, err := e.Size(t.Context()); !errors.Is(err, files.ErrAway) {
				t.Errorf("size: %v", err)
			}
		})
	}
	for name, roots := range map[string][]files.Root{
		"two of a name":           {{Name: "a", Path: "/a"}, {Name: "a", Path: "/b"}},
		"a name that is a path":   {{Name: "../a", Path: "/a"}},
		"the configuration's own": {{Name: "configuration", Path: "/a"}},
	} {
		if _, err := files.New(files.Config{Roots: roots, Now: time.Now}); err == nil {
			t.Error(name, "is taken")
		}
	}
}

// The folder for copies may lie within what is copied.
func TestCopiesAreNotCopied(t *testing.T) {
	t.Parallel()
	at := t.TempDir()
	write(t, filepath.Join(at, "a"), "a", 0o600)
	folder := filepath.Join(at, "z", "copies")
	must(t, os.MkdirAll(folder, 0o700))
	inventory, err := engine(t, at, "").Capture(t.Context(), folder, quiet)
	must(t, err)
	if inventory.Sets[1].Rows != 1 {
		t.Errorf("%d files are kept", inventory.Sets[1].Rows)
	}
}

func TestCancelledFoldersLeaveNothing(t *testing.T) {
	t.Parallel()
	at := t.TempDir()
	write(t, filepath.Join(at, "big"), strings.Repeat("o", 4<<20), 0o600)
	e := engine(t, at, "")
	folder, _ := capture(t, e)
	for name, work := range map[string]func(context.Context, backingup.Progress) error{
		"captured": func(ctx context.Context, report backingup.Progress) error {
			_, err := e.Capture(ctx, t.TempDir(), report)
			return err
		},
		"rehearsed": func(ctx context.Context, report backingup.Progress) error {
			_, err := e.Rehearse(ctx, "id", folder, report)
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if err := work(ctx, func(int, int, string) { cancel() }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	if left := names(t, folder); len(left) != 3 {
		t.Errorf("left are %v", left)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	into := filepath.Join(t.TempDir(), "into")
	if _, err := files.Unpack(ctx, folder, map[string]string{"uploads": into}); !errors.Is(err, context.Canceled) || len(names(t, filepath.Dir(into))) != 0 {
		t.Errorf("unpacked: %v, left are %v", err, names(t, filepath.Dir(into)))
	}
}
