package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestReadSettings(t *testing.T) {
	folder := t.TempDir()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		environment map[string]string
		want        settings
	}{
		"nothing set": {nil, settings{data: "auto", root: root}},
		"all set": {
			map[string]string{"DATA": folder, "AS_OF": "2019-03-01", "EXIT": "1"},
			settings{data: folder, asOf: "2019-03-01", exit: true, root: root},
		},
		"source with a token": {
			map[string]string{"DATA": "football-data.org", "FOOTBALL_DATA_ORG_TOKEN": "t", "EXIT": "0"},
			settings{data: "football-data.org", root: root},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readSettings(environment(tt.environment), today)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(settings{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadSettingsReportsEveryFault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		environment map[string]string
		want        []string
	}{
		"all three": {
			map[string]string{"DATA": "/no/such/folder", "AS_OF": "31/02/2019", "EXIT": "maybe"},
			[]string{"DATA=/no/such/folder: there is no such folder", "AS_OF=31/02/2019 is no day", "EXIT=maybe"},
		},
		"a file":        {map[string]string{"DATA": file}, []string{"a folder is needed"}},
		"no such day":   {map[string]string{"AS_OF": "2019-02-31"}, []string{"AS_OF=2019-02-31 is no day"}},
		"future":        {map[string]string{"AS_OF": "2030-01-01"}, []string{"lies in the future"}},
		"missing token": {map[string]string{"DATA": "football-data.org"}, []string{"needs FOOTBALL_DATA_ORG_TOKEN"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readSettings(environment(tt.environment), today)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q lacks %q", err, want)
				}
			}
		})
	}
}
