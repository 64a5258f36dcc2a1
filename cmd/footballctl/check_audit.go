package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

func (p *program) checkAudit() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use: "audit", Short: "Look for audit events that were changed (DATABASE_URL, ENCRYPTION_KEY_FILE)", Args: cobra.NoArgs,
		Long: "Walk the chains of all tenants and look for events that were changed, moved, put\n" +
			"in or taken out, also at the end. An older state of the tables that was put back\n" +
			"whole is found with --checkpoint: the file tells how far the chains had come at\n" +
			"the last check, and is written anew when all is well. Keep it on another machine.\n\n" +
			"Of a chain that was pruned, what was kept is checked, and that each pruning was\n" +
			"signed for. A checkpoint older than what was kept can't be compared, which is said.",
		Example: "  footballctl check audit\n  footballctl check audit --checkpoint /var/lib/football/audit.json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			earlier, err := readCheckpoint(path)
			if err != nil {
				return err
			}
			var checker *auditing.Checker
			return p.with(ctx, auditGraph, func() error {
				m := p.meter()
				chains := 0
				v, err := checker.Check(ctx, earlier, func(tenantID string, _ int64) {
					chains++
					m.show(chains, 0, "chain of tenant "+tenantID)
				})
				m.done()
				if err != nil {
					return err
				}
				if len(v.Faults) == 0 && path != "" {
					if err := writeCheckpoint(path, v.Heads); err != nil {
						return err
					}
				}
				return p.showVerdict(v)
			}, &checker)
		},
	}
	cmd.Flags().StringVar(&path, "checkpoint", "", "file with the ends of the chains as the last check saw them; made when it is not there")
	return cmd
}

// verdictJSON is what a check of the chains found, on the wire.
type verdictJSON struct {
	Chains int         `json:"chains"`
	Events int64       `json:"events"`
	Pruned int64       `json:"pruned"`
	Faults []faultJSON `json:"faults"`
	// Passed are checkpoints that could not be compared, and why.
	Passed []string `json:"checkpoints_passed"`
}

type faultJSON struct {
	TenantID string     `json:"tenant_id"`
	Seq      int64      `json:"seq"`
	Kind     audit.Kind `json:"kind"`
	Detail   string     `json:"detail"`
}

func (p *program) showVerdict(v auditing.Verdict) error {
	wire := verdictJSON{Chains: v.Chains, Events: v.Events, Pruned: v.Pruned, Faults: make([]faultJSON, len(v.Faults)), Passed: nonNil(v.Passed)}
	rows := make([][]string, len(v.Faults))
	for i, f := range v.Faults {
		wire.Faults[i] = faultJSON(f)
		rows[i] = []string{f.TenantID, fmt.Sprint(f.Seq), string(f.Kind), f.Detail}
	}
	sound := len(v.Faults) == 0
	err := p.print(wire, func(w io.Writer) {
		if sound {
			fmt.Fprintf(w, "%s %d events in %s are as they were recorded\n", p.paint(w, green, "ok"), v.Events, plural(v.Chains, "chain", "chains"))
			if v.Pruned > 0 {
				fmt.Fprintf(w, "   %d older ones were pruned, which is signed for\n", v.Pruned)
			}
			for _, why := range v.Passed {
				fmt.Fprintf(w, "%s not compared: %s\n", p.paint(w, yellow, "! "), why)
			}
			return
		}
		table(w, "TENANT SEQ FAULT WHAT", rows)
	})
	if err != nil || sound {
		return err
	}
	return alreadyTold{fmt.Errorf("%s in the audit events", plural(len(v.Faults), "fault", "faults"))}
}

// headJSON is the end of a chain in a checkpoint.
type headJSON struct {
	TenantID  string `json:"tenant_id"`
	Seq       int64  `json:"seq"`
	Sum       []byte `json:"sum"`
	AtMicro   int64  `json:"at_us"`
	Signature []byte `json:"signature"`
}

func readCheckpoint(path string) ([]audit.Head, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var wire []headJSON
	if err == nil {
		err = json.Unmarshal(text, &wire)
	}
	if err != nil {
		return nil, fmt.Errorf("--checkpoint %s: %w", path, err)
	}
	heads := make([]audit.Head, len(wire))
	for i, h := range wire {
		heads[i] = audit.Head{TenantID: h.TenantID, Seq: h.Seq, At: time.UnixMicro(h.AtMicro).UTC(), Signature: h.Signature}
		copy(heads[i].Sum[:], h.Sum)
	}
	return heads, nil
}

// writeCheckpoint replaces the file whole or not at all.
func writeCheckpoint(path string, heads []audit.Head) error {
	wire := make([]headJSON, len(heads))
	for i, h := range heads {
		wire[i] = headJSON{TenantID: h.TenantID, Seq: h.Seq, Sum: h.Sum[:], AtMicro: h.At.UnixMicro(), Signature: h.Signature}
	}
	text, err := json.MarshalIndent(wire, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".checkpoint-*")
	if err != nil {
		return fmt.Errorf("--checkpoint: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
