package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command line that a document shows is one: its commands are there, and
// its flags are theirs. A runbook is read when nobody has time to guess.
func TestDocumentsShowCommandsThatExist(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../../README.md", "../../docs/*.md", "../../docs/runbooks/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	shown := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range commandLines(string(text)) {
			shown++
			if wrong := commandFault(line); wrong != "" {
				t.Errorf("%s shows `footballctl %s`: %s", file, line, wrong)
			}
		}
	}
	if shown < 40 {
		t.Errorf("only %d command lines were found", shown)
	}
	for _, line := range []string{"backup creat", "backup list --knd database", "nothing"} {
		if commandFault(line) == "" {
			t.Errorf("`footballctl %s` passes, so this test shows nothing", line)
		}
	}
}

var (
	fenced = regexp.MustCompile("(?s)```sh(?: host)?\n(.*?)```")
	inline = regexp.MustCompile("`footballctl ([^`]+)`")
)

// commandLines are what stands behind footballctl in a document, without
// comments and redirections.
func commandLines(text string) (lines []string) {
	for _, block := range fenced.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			if _, command, ok := strings.Cut(line, "footballctl "); ok {
				command, _, _ = strings.Cut(command, " #")
				lines = append(lines, strings.TrimSpace(command))
			}
		}
	}
	for _, match := range inline.FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.ReplaceAll(match[1], "\n", " "))
	}
	return lines
}

// commandFault says what is wrong with a command line, or nothing. Alternatives,
// such as create|list, are tried one by one.
func commandFault(line string) string {
	if before, alternatives, after, ok := cutAlternatives(line); ok {
		for _, one := range alternatives {
			if wrong := commandFault(before + one + after); wrong != "" {
				return wrong
			}
		}
		return ""
	}
	p := newProgram(nil, strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{})
	root := p.root()
	cmd, rest, err := root.Find(strings.Fields(line))
	if err != nil {
		return err.Error()
	}
	if cmd.HasSubCommands() && hasArgument(rest) {
		return "there is no such command below " + cmd.CommandPath()
	}
	return flagFault(cmd, rest)
}

func hasArgument(rest []string) bool {
	return len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && rest[0] != "…"
}

func flagFault(cmd *cobra.Command, rest []string) string {
	for _, word := range rest {
		name, ok := strings.CutPrefix(word, "--")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, "=")
		name = strings.Trim(name, "[]")
		if name != "help" && cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
			return cmd.CommandPath() + " has no flag --" + name
		}
	}
	return ""
}

var alternative = regexp.MustCompile(`(^| )([a-z-]+(?:\|[a-z-]+)+)( |$)`)

func cutAlternatives(line string) (before string, each []string, after string, ok bool) {
	at := alternative.FindStringSubmatchIndex(line)
	if at == nil {
		return "", nil, "", false
	}
	return line[:at[4]], strings.Split(line[at[4]:at[5]], "|"), line[at[5]:], true
}
