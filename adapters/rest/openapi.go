package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"
	"github.com/go-chi/chi/v5"

	"github.com/football-prediction/football-prediction/ports/operating"
)

// documents are the names that the OpenAPI document is known by.
const (
	documentJSON   = "openapi.json"
	documentYAML   = "openapi.yaml"
	documentJSON30 = "openapi-3.0.json"
)

// Documents is the description of the API by file name: OpenAPI 3.1 as JSON
// and YAML, and 3.0 for older tools. It tells of the kinds of operations that
// the program serves.
func Documents(kinds []operating.Kind) (map[string][]byte, error) {
	return render(New(Dependencies{Config: Config{Kinds: kinds}}).OpenAPI())
}

// WriteOpenAPI writes [Documents] into a folder, which it makes if need be.
func WriteOpenAPI(folder string, kinds []operating.Kind) error {
	documents, err := Documents(kinds)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make folder for the OpenAPI documents: %w", err)
	}
	for name, text := range documents {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return fmt.Errorf("write OpenAPI document: %w", err)
		}
	}
	return nil
}

func render(o *huma.OpenAPI) (map[string][]byte, error) {
	current, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("render OpenAPI as JSON: %w", err)
	}
	older, err := o.Downgrade()
	if err != nil {
		return nil, fmt.Errorf("render OpenAPI 3.0: %w", err)
	}
	if current, err = fold(current, false); err != nil {
		return nil, fmt.Errorf("fold OpenAPI: %w", err)
	}
	if older, err = fold(older, true); err != nil {
		return nil, fmt.Errorf("fold OpenAPI 3.0: %w", err)
	}
	var asYAML bytes.Buffer
	if err := yaml.Convert(&asYAML, bytes.NewReader(current)); err != nil {
		return nil, fmt.Errorf("render OpenAPI as YAML: %w", err)
	}
	return map[string][]byte{documentJSON: indented(current), documentYAML: asYAML.Bytes(), documentJSON30: indented(older)}, nil
}

// indented makes the written documents fit to be compared line by line.
func indented(text []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return text
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// serveDocuments renders when it is first asked: the document does not change
// while we run.
func serveDocuments(r chi.Router, o *huma.OpenAPI) {
	rendered := sync.OnceValue(func() map[string]asset {
		documents, err := render(o)
		if err != nil {
			panic(err) // a document that cannot be written is a fault of this package
		}
		assets := make(map[string]asset, len(documents))
		for name, text := range documents {
			assets[name] = newAsset(contentTypes[name], keepAtEdge, text, nil)
		}
		return assets
	})
	for name := range contentTypes {
		r.Get("/"+name, func(w http.ResponseWriter, r *http.Request) { rendered()[name].serve(w, r) })
	}
}

var contentTypes = map[string]string{
	documentJSON: "application/json", documentJSON30: "application/json", documentYAML: "application/yaml",
}
