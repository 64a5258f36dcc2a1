// Command licences writes the licences of all modules that our programs are built
// of, as the licences ask for. It fails for a module that has none, or one that is
// not among those we accept.
//
//	go run ./deploy/licences > THIRD_PARTY.txt
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := write(out, "./cmd/api", "./cmd/worker", "./cmd/footballctl")
	if err := errors.Join(err, out.Flush()); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// module is one that a program is built of.
type module struct {
	Path    string `json:"Path"`
	Version string `json:"Version"`
	Dir     string `json:"Dir"`
}

// modules are those that packages are built of, without our own, by path.
func modules(packages ...string) ([]module, error) {
	command := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, packages...)...) //nolint:noctx // it takes seconds
	command.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")                                //nolint:forbidigo // the go command needs it
	command.Stderr = os.Stderr
	text, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("list modules: %w", err)
	}
	found := make(map[string]module)
	for decoder := json.NewDecoder(strings.NewReader(string(text))); ; {
		var of struct {
			Module *struct {
				module

				Main bool `json:"Main"`
			} `json:"Module"`
		}
		if err := decoder.Decode(&of); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if of.Module != nil && !of.Module.Main {
			found[of.Module.Path] = of.Module.module
		}
	}
	all := make([]module, 0, len(found))
	for _, m := range found {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

func write(w io.Writer, packages ...string) error {
	all, err := modules(packages...)
	if err != nil {
		return err
	}
	var faults []error
	for _, m := range all {
		texts, err := licencesOf(m)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		fmt.Fprintf(w, "%s\n%s %s\n%s\n\n", strings.Repeat("=", 80), m.Path, m.Version, strings.Repeat("=", 80))
		for _, text := range texts {
			fmt.Fprintf(w, "%s\n\n", strings.TrimSpace(text))
		}
	}
	return errors.Join(faults...)
}

// accepted are licences that let us ship what they cover in a program of our own
// licence, by words that only they have.
var accepted = map[string]string{
	"MIT":           "Permission is hereby granted, free of charge, to any person obtaining a copy",
	"Apache-2.0":    "Apache License",
	"BSD":           "Redistribution and use in source and binary forms",
	"ISC":           "Permission to use, copy, modify, and/or distribute this software for any purpose",
	"ISC (older)":   "Permission to use, copy, modify, and distribute this software for any purpose",
	"MPL-2.0":       "Mozilla Public License Version 2.0",
	"MPL-2.0 (,)":   "Mozilla Public License, version 2.0",
	"Public domain": "This is free and unencumbered software released into the public domain",
	"CC0-1.0":       "CC0 1.0 Universal",
}

// silent are releases that came without a licence, and what is said in their place.
// Each was looked at by a person; the next version has to be looked at again.
var silent = map[string]string{
	"github.com/nexus-rpc/nexus-proto-annotations@v0.1.0": "This release has no licence with it. It holds generated annotations that Temporal's API, which is under the MIT licence, " +
		"is built of, and comes from the same makers.",
}

// refused are words of licences that would ask more of us than naming them.
var refused = []string{"GNU GENERAL PUBLIC LICENSE", "GNU AFFERO GENERAL PUBLIC LICENSE", "GNU LESSER GENERAL PUBLIC LICENSE", "Server Side Public License", "Business Source License"}

// licencesOf are the texts in a module's folder.
func licencesOf(m module) (texts []string, err error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Path, err)
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "LICENCE") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(text))
	}
	if said, ok := silent[m.Path+"@"+m.Version]; ok && len(texts) == 0 {
		return []string{said}, nil
	}
	return texts, judge(m.Path, texts)
}

func judge(name string, texts []string) error {
	all := strings.Join(strings.Fields(strings.Join(texts, "\n")), " ")
	for _, words := range refused {
		if strings.Contains(all, words) {
			return fmt.Errorf("%s is under a licence that is not accepted: %s", name, words)
		}
	}
	for _, words := range accepted {
		if strings.Contains(all, words) {
			return nil
		}
	}
	return fmt.Errorf("%s has no licence that is known; see deploy/licences", name)
}
