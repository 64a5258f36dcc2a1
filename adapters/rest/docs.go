package rest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/go-chi/chi/v5"
	"github.com/swaggest/swgui/v5/static"
)

// The documentation is Swagger UI, whose files are part of the program, under
// a policy that lets it load nothing from anywhere else. It sets style
// attributes, hence unsafe-inline for styles; scripts are ours alone.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

var (
	//go:embed docs/index.html
	docsPage []byte
	//go:embed docs/start.js
	docsScript []byte
)

// serveDocs serves /docs and what the page there needs.
func serveDocs(r chi.Router) {
	for address, file := range docsAssets() {
		r.Get(address, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", docsPolicy)
			file.serve(w, r)
		})
	}
}

// docsAssets are the files of the documentation by address. They are part of
// the program, so a fault in them is found by any test of this package.
var docsAssets = sync.OnceValue(func() map[string]asset {
	page := newAsset("text/html; charset=utf-8", keepAtEdge, docsPage, nil)
	assets := map[string]asset{
		"/docs": page, "/docs/": page,
		"/docs/start.js": newAsset("text/javascript; charset=utf-8", keepAtEdge, docsScript, nil),
	}
	for name, contentType := range map[string]string{
		"swagger-ui.css":       "text/css; charset=utf-8",
		"swagger-ui-bundle.js": "text/javascript; charset=utf-8",
		"favicon-32x32.png":    "image/png",
	} {
		plain, zipped, err := swaggerFile(name)
		if err != nil {
			panic(err)
		}
		assets["/docs/"+name] = newAsset(contentType, keepForever, plain, zipped)
	}
	return assets
})

// swaggerFile reads a file that may be kept gzipped.
func swaggerFile(name string) (plain, zipped []byte, err error) {
	if plain, err = static.FS.ReadFile(name); err == nil {
		return plain, nil, nil
	}
	if zipped, err = static.FS.ReadFile(name + ".gz"); err != nil {
		return nil, nil, fmt.Errorf("open %s of Swagger UI: %w", name, err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, nil, fmt.Errorf("unpack %s of Swagger UI: %w", name, err)
	}
	if plain, err = io.ReadAll(reader); err != nil {
		return nil, nil, fmt.Errorf("unpack %s of Swagger UI: %w", name, err)
	}
	return plain, zipped, nil
}
