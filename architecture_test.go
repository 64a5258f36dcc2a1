package footballprediction_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/football-prediction/football-prediction/"

// mayImport is the architecture: what a folder may import of this module
// besides itself. Tests may import anything.
var mayImport = map[string][]string{
	"domain":     {},
	"ports":      {"domain"},
	"workflows":  {"domain", "ports"},
	"adapters":   {"domain", "ports", "workflows", "migrations"},
	"cmd":        {"domain", "ports", "workflows", "adapters", "migrations"},
	"migrations": {},
	"test":       {"domain", "ports", "workflows", "adapters", "cmd", "migrations"},
}

// outside are the libraries that a folder may import besides the standard
// library; a folder that is not listed may import any.
var outside = map[string][]string{
	"domain":    {"gonum.org/v1/gonum"},
	"ports":     {},
	"workflows": {"go.temporal.io/sdk", "go.temporal.io/api"},
}

func TestImportsPointOneWay(t *testing.T) {
	for _, broken := range brokenRules(t, os.DirFS(".")) {
		t.Error(broken)
	}
}

// TestRulesBite shows that each rule can be broken.
func TestRulesBite(t *testing.T) {
	tests := map[string]struct{ file, imports, want string }{
		"domain imports a port":       {"domain/forecast/x.go", module + "ports/access", "domain may import"},
		"domain imports a library":    {"domain/forecast/x.go", "go.uber.org/zap", "domain uses"},
		"a port imports an adapter":   {"ports/access/x.go", module + "adapters/rest", "ports may import"},
		"a workflow imports bun":      {"workflows/ingestion/x.go", "github.com/uptrace/bun", "workflows uses"},
		"an adapter imports another":  {"adapters/rest/x.go", module + "adapters/postgres", "adapters never import each other"},
		"an adapter imports a binary": {"adapters/rest/x.go", module + "cmd/api", "adapters may import"},
		"fx outside the wiring":       {"adapters/rest/handler.go", "go.uber.org/fx", "fx lives"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			source := "package x\nimport _ " + strconv.Quote(tt.imports)
			broken := brokenRules(t, fstest.MapFS{tt.file: {Data: []byte(source)}})
			if len(broken) != 1 || !strings.Contains(broken[0], tt.want) {
				t.Errorf("broken rules = %q, want one with %q", broken, tt.want)
			}
		})
	}
}

func brokenRules(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var broken []string
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "bin" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || !strings.Contains(path, "/") {
			return nil
		}
		source, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if rule := brokenBy(path, target); rule != "" {
				broken = append(broken, path+" imports "+target+": "+rule)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return broken
}

// brokenBy is the rule that is broken when the file at path imports target,
// empty when none is.
func brokenBy(path, target string) string {
	from, _, _ := strings.Cut(path, "/")
	inside, ours := strings.CutPrefix(target, module)
	to, _, _ := strings.Cut(inside, "/")
	allowed, limited := outside[from]
	switch {
	case ours && to != from && !slices.Contains(mayImport[from], to):
		return from + " may import only " + strings.Join(mayImport[from], ", ")
	case ours && from == "adapters" && to == "adapters" && technology(inside) != technology(path):
		return "adapters never import each other"
	case target == "go.uber.org/fx" && from != "cmd" && from != "test" && filepath.Base(path) != "module.go":
		return "fx lives in cmd and in each adapter's module.go"
	case !ours && limited && strings.Contains(strings.Split(target, "/")[0], ".") && !within(target, allowed):
		return from + " uses the standard library and " + strings.Join(allowed, ", ")
	}
	return ""
}

func within(target string, libraries []string) bool {
	return slices.ContainsFunc(libraries, func(l string) bool { return target == l || strings.HasPrefix(target, l+"/") })
}

// technology is the folder below adapters that a path lies in.
func technology(path string) string { return strings.SplitN(path, "/", 3)[1] }
