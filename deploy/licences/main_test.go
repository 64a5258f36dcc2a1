package main

import (
	"bytes"
	"strings"
	"testing"
)

// Every module that our programs are built of has a licence that is accepted.
func TestAllLicencesAreAccepted(t *testing.T) {
	var out bytes.Buffer
	if err := write(&out, "../../cmd/api", "../../cmd/worker", "../../cmd/footballctl"); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"go.temporal.io/sdk v", "github.com/uptrace/bun v", "Permission is hereby granted"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

func TestLicencesAreJudged(t *testing.T) {
	for name, tt := range map[string]struct {
		texts []string
		says  string
	}{
		"MIT, with odd breaks": {[]string{"Permission is hereby\ngranted, free of charge, to any\n person obtaining a copy"}, ""},
		"none":                 {nil, "no licence that is known"},
		"of its own":           {[]string{"You may look at it."}, "no licence that is known"},
		"beside a refused one": {[]string{"Apache License", "GNU AFFERO GENERAL PUBLIC LICENSE"}, "not accepted: GNU AFFERO"},
	} {
		err := judge("made", tt.texts)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
