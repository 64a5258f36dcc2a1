// Package openapi_test holds the API's description and the SDKs that are
// generated from it to their promises, by the tools of others: install them
// with deploy/scripts/install-tools.sh sdk.
package openapi_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/operating"
)

const root = "../.."

// script runs one of deploy/scripts in the project's root and returns what it
// printed.
func script(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join("deploy", "scripts", name), args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// render writes the documents of this program into a folder, as `footballctl
// openapi` does, after change has had them.
func render(t *testing.T, change func(name, text string) string) string {
	t.Helper()
	all, err := rest.Documents(operating.Served(temporal.Serves))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(change(name, string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func asIs(_, text string) string { return text }

func TestDocumentsInTheRepositoryAreFresh(t *testing.T) {
	folder := render(t, asIs)
	for _, name := range []string{"openapi.json", "openapi-3.0.json", "openapi.yaml"} {
		if !same(t, filepath.Join(folder, name), filepath.Join(root, "docs", "openapi", name)) {
			t.Errorf("docs/openapi/%s is stale; run: make openapi", name)
		}
	}
}

func TestDocumentsPassSpectral(t *testing.T) {
	folder := render(t, asIs)
	out, err := script(t, "check-document.sh", "lint", filepath.Join(folder, "openapi.json"), filepath.Join(folder, "openapi-3.0.json"))
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}

	// The rules can fail.
	for _, fault := range []struct{ of, by, rule string }{
		{`"/api/v1/api-keys"`, `"/api/v1/apiKeys"`, "paths-are-kebab-case"},
		{`"next_cursor":`, `"nextCursor":`, "properties-are-snake-case"},
		{`"operationId": "list-teams"`, `"operationId": "list-matches"`, "operation-operationId-unique"},
	} {
		folder := render(t, func(_, text string) string { return strings.ReplaceAll(text, fault.of, fault.by) })
		if out, err := script(t, "check-document.sh", "lint", filepath.Join(folder, "openapi.json")); err == nil || !strings.Contains(out, fault.rule) {
			t.Errorf("%s was not found: %v\n%s", fault.rule, err, out)
		}
	}
}

// Who wrote a client of the last release can use it still. The document of a
// release is put into docs/openapi/released when it is made.
func TestNothingBreaksCallersOfTheLastRelease(t *testing.T) {
	released, err := filepath.Abs(filepath.Join(root, "docs", "openapi", "released", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	breaks := func(change func(name, text string) string) (string, error) {
		return script(t, "check-document.sh", "breaking", released, filepath.Join(render(t, change), "openapi.json"))
	}
	if out, err := breaks(asIs); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, fault := range []struct{ of, by string }{
		{`"/api/v1/competitions/{code}/table"`, `"/api/v1/competitions/{code}/standings"`},
		{`"expected_goals"`, `"xg"`},
	} {
		if out, err := breaks(func(_, text string) string { return strings.ReplaceAll(text, fault.of, fault.by) }); err == nil {
			t.Errorf("%s became %s, and nothing was found: %s", fault.of, fault.by, out)
		}
	}
}

func TestSDKsAreFresh(t *testing.T) {
	out := t.TempDir()
	if text, err := script(t, "generate-sdk.sh", render(t, asIs), out); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, generated := range []string{"go/generated.go", "typescript/src/generated"} {
		err := filepath.WalkDir(filepath.Join(out, generated), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(out, path)
			if err == nil && !same(t, path, filepath.Join(root, "sdk", name)) {
				t.Errorf("sdk/%s is stale; run: make sdk", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// What a README shows is what the tests run.
func TestREADMEsShowTheQuickstarts(t *testing.T) {
	for readme, quickstart := range map[string]string{"go/README.md": "go/quickstart/main.go", "typescript/README.md": "typescript/quickstart/main.ts"} {
		text, err := os.ReadFile(filepath.Join(root, "sdk", readme))
		if err != nil {
			t.Fatal(err)
		}
		shown, err := os.ReadFile(filepath.Join(root, "sdk", quickstart))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, shown) {
			t.Errorf("sdk/%s does not show sdk/%s as it is", readme, quickstart)
		}
	}
}

func TestGoSDK(t *testing.T) {
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = filepath.Join(root, "sdk", "go")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

func TestTypeScriptSDK(t *testing.T) {
	if out, err := script(t, "typescript-sdk.sh", "test"); err != nil || !strings.Contains(out, "# fail 0") {
		t.Errorf("%v\n%s", err, out)
	}
}

func same(t *testing.T, a, b string) bool {
	t.Helper()
	one, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(b)
	return err == nil && bytes.Equal(one, other)
}
