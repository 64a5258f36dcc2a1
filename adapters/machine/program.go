package machine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Program = (*Program)(nil)

// Program is the binary of the process.
type Program struct {
	path string // of the binary
	tool string // of govulncheck, found on PATH when empty
}

// NewProgram returns the Program that runs.
func NewProgram() *Program { return &Program{path: "/proc/self/exe"} }

// Modules implements [maintaining.Program].
func (p *Program) Modules() (modules []maintaining.Module) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	modules = append(modules, maintaining.Module{Path: "go", Version: info.GoVersion})
	for _, m := range info.Deps {
		one := maintaining.Module{Path: m.Path, Version: m.Version}
		if m.Replace != nil {
			one.Replaced = strings.TrimSpace(m.Replace.Path + " " + m.Replace.Version)
		}
		modules = append(modules, one)
	}
	return modules
}

// vulnerabilityLimit bounds the look-up.
const vulnerabilityLimit = 5 * time.Minute

// Vulnerabilities implements [maintaining.Program] by govulncheck, which reads
// the binary and asks vuln.go.dev.
func (p *Program) Vulnerabilities(ctx context.Context) ([]maintaining.Vulnerability, error) {
	tool := p.tool
	if tool == "" {
		var err error
		if tool, err = exec.LookPath("govulncheck"); err != nil {
			return nil, notKnown("govulncheck is not installed beside this program")
		}
	}
	path, err := os.Readlink(p.path)
	if err != nil {
		path = p.path
	}
	ctx, cancel := context.WithTimeout(ctx, vulnerabilityLimit)
	defer cancel()
	var out, told bytes.Buffer
	cmd := exec.CommandContext(ctx, tool, "-mode=binary", "-format=json", path)
	cmd.Stdout, cmd.Stderr = &out, &told
	if err := cmd.Run(); err != nil {
		return nil, notKnown("govulncheck could not tell: %v: %s", err, firstLine(told.String()))
	}
	return vulnerabilitiesIn(&out)
}

func notKnown(format string, args ...any) error {
	return domain.Errorf(domain.NotFound, maintaining.ErrNotKnown.Code, format, args...)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// message is a part of govulncheck's output, a stream of objects of which each
// has one field. https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck
type message struct {
	OSV *struct {
		ID      string `json:"id"`
		Summary string `json:"summary"`
	} `json:"osv"`
	Finding *struct {
		OSV   string `json:"osv"`
		Fixed string `json:"fixed_version"`
		Trace []struct {
			Module   string `json:"module"`
			Version  string `json:"version"`
			Function string `json:"function"`
		} `json:"trace"`
	} `json:"finding"`
}

func vulnerabilitiesIn(r io.Reader) ([]maintaining.Vulnerability, error) {
	summaries := make(map[string]string)
	found := make(map[string]maintaining.Vulnerability)
	for decoder := json.NewDecoder(r); ; {
		var m message
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read what govulncheck says: %w", err)
		}
		if m.OSV != nil {
			summaries[m.OSV.ID] = m.OSV.Summary
		}
		if m.Finding == nil || len(m.Finding.Trace) == 0 {
			continue
		}
		// A finding comes once for the module, and again for what is in the
		// binary.
		at := m.Finding.Trace[0]
		v := maintaining.Vulnerability{ID: m.Finding.OSV, Module: at.Module, Found: at.Version, Fixed: m.Finding.Fixed, Called: at.Function != ""}
		v.Called = v.Called || found[v.ID+v.Module].Called
		found[v.ID+v.Module] = v
	}
	all := make([]maintaining.Vulnerability, 0, len(found))
	for _, v := range found {
		v.Summary = summaries[v.ID]
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b maintaining.Vulnerability) int { return strings.Compare(a.ID+a.Module, b.ID+b.Module) })
	return all, nil
}
