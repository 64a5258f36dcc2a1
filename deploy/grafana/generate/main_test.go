package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

const folder = "../dashboards"

// What is deployed is what the tables say.
func TestDashboardsAreUpToDate(t *testing.T) {
	fresh := t.TempDir()
	if err := write(fresh); err != nil {
		t.Fatal(err)
	}
	for _, b := range boards {
		want, errWant := os.ReadFile(filepath.Join(fresh, b.uid+".json"))
		got, errGot := os.ReadFile(filepath.Join(folder, b.uid+".json"))
		if errWant != nil || errGot != nil {
			t.Fatal(errWant, errGot)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("run `make dashboards` (-want +got):\n%s", diff)
		}
	}
	if files, _ := filepath.Glob(folder + "/*.json"); len(files) != len(boards) {
		t.Errorf("there are %v", files)
	}
}

// The JSON is what Grafana's schema says, field by field, unknown ones refused.
func TestDashboardsFitGrafanasSchema(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	for _, b := range boards {
		text, err := os.ReadFile(filepath.Join(folder, b.uid+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := fits(text); err != nil {
			t.Errorf("%s: %v", b.uid, err)
		}
		broken := strings.Replace(string(text), `"fillOpacity": 8`, `"fillOpacty": 8`, 1)
		if fits([]byte(broken)) == nil {
			t.Errorf("%s: a field that does not exist is accepted, so this shows nothing", b.uid)
		}
	}
}

func fits(text []byte) error {
	var d dashboard.Dashboard //nolint:staticcheck // as in board.go
	// An empty list of errors comes as an error.
	for _, err := range []error{d.UnmarshalJSONStrict(text), d.Validate()} {
		if err != nil && err.Error() != "" {
			return err
		}
	}
	return nil
}

// Each panel says what it shows and in which unit; thresholds are shown in both
// directions.
func TestPanels(t *testing.T) {
	for _, b := range boards {
		seen := make(map[string]bool)
		for _, r := range b.rows {
			for _, p := range r.panels {
				name := b.title + " / " + r.title + " / " + p.title
				if len(p.about) < 10 || !strings.HasSuffix(p.about, ".") || p.unit == "" || len(p.queries) == 0 || seen[r.title+p.title] {
					t.Errorf("%s needs a name of its own, a sentence, a unit and a query", name)
				}
				seen[r.title+p.title] = true
			}
		}
	}
	high, err := panel{title: "x", warn: 1, bad: 2}.build().Build()
	low, errLow := panel{title: "x", warn: 2, bad: 1}.build().Build()
	if err != nil || errLow != nil {
		t.Fatal(err, errLow)
	}
	if diff := cmp.Diff([]string{`["green",null]["yellow",1]["red",2]`, `["red",null]["yellow",1]["green",2]`}, []string{steps(t, high), steps(t, low)}); diff != "" {
		t.Error(diff)
	}
}

func steps(t *testing.T, p dashboard.Panel) (text string) {
	t.Helper()
	for _, s := range p.FieldConfig.Defaults.Thresholds.Steps {
		one, err := json.Marshal([]any{s.Color, s.Value})
		if err != nil {
			t.Fatal(err)
		}
		text += string(one)
	}
	return text
}
