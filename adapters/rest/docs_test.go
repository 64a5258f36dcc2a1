package rest_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/operating"
)

var (
	anywhere = regexp.MustCompile(`(?:https?:)?//[a-z0-9.-]+`)
	linked   = regexp.MustCompile(`(?:src|href)="([^"]+)"`)
)

// The page and everything it names come from this program.
func TestDocsWorkWithoutInternet(t *testing.T) {
	s := newServer(t)
	page := s.get("/docs", "X-API-Key", "")
	if page.Code != http.StatusOK || !strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("GET /docs = %d %s", page.Code, page.Header().Get("Content-Type"))
	}
	links := linked.FindAllStringSubmatch(page.Body.String(), -1)
	if len(links) < 4 {
		t.Errorf("the page names %v", links)
	}
	for _, link := range links {
		if w := s.get(link[1], "X-API-Key", ""); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("GET %s = %d", link[1], w.Code)
		}
	}
	for _, at := range []string{"/docs", "/docs/start.js"} {
		if found := anywhere.FindString(s.get(at).Body.String()); found != "" && !strings.HasPrefix(found, "// ") {
			t.Errorf("%s names %s", at, found)
		}
	}
	policy := page.Header().Get("Content-Security-Policy")
	if strings.Contains(policy, "http") || strings.Contains(policy, "unsafe-eval") || !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("policy is %q", policy)
	}
}

// Compressed and plain are the same file under two tags.
func TestDocsAreCompressed(t *testing.T) {
	s := newServer(t)
	plain, zipped := s.get("/docs/swagger-ui.css"), s.get("/docs/swagger-ui.css", "Accept-Encoding", "br, gzip")
	reader, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil || string(content) != plain.Body.String() || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("unpacked %d bytes with %v, plain %d", len(content), err, plain.Body.Len())
	}
	if zipped.Header().Get("ETag") == plain.Header().Get("ETag") {
		t.Error("one tag for two representations")
	}
}

// The documents in docs/openapi are what this code serves.
func TestWrittenDocumentsAreFresh(t *testing.T) {
	documents, err := rest.Documents(operating.Served(temporal.Serves))
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t)
	for name, want := range documents {
		written, err := os.ReadFile(filepath.Join("../../docs/openapi", name))
		if err != nil || string(written) != string(want) {
			t.Errorf("docs/openapi/%s is stale (%v): run make openapi", name, err)
		}
		if w := s.get("/"+name, "X-API-Key", ""); w.Code != http.StatusOK || w.Body.String() != string(want) {
			t.Errorf("GET /%s = %d with %d bytes, want %d", name, w.Code, w.Body.Len(), len(want))
		}
	}
}

func TestWriteOpenAPI(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "made", "here")
	if err := rest.WriteOpenAPI(folder, operating.Kinds); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 3 {
		t.Errorf("wrote %v, %v", files, err)
	}
	if err := rest.WriteOpenAPI("/dev/null/nowhere", nil); err == nil {
		t.Error("writing into a device succeeded")
	}
}
