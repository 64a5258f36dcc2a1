package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/auditfile"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

func (p *program) auditVerify() *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE...", Short: "Look whether archives of pruned events are as they were written", Args: cobra.MinimumNArgs(1),
		Long: "Look whether archives that `audit prune` made are as they were written: each event,\n" +
			"and who signed for it. It needs no database, only the keys.",
		Example: "  footballctl audit verify /var/lib/football/audit/*.jsonl",
		RunE: func(_ *cobra.Command, files []string) error {
			c, err := p.load(config.Only().With("SECRET_KEY", "ENCRYPTION_KEY_FILE"))
			if err != nil {
				return err
			}
			keyring, err := core.Keyring(c, time.Now)
			if err != nil {
				return err
			}
			var found []archiveJSON
			for _, file := range files {
				pruned, err := verifyArchive(file, keyring)
				if err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
				found = append(found, archiveJSON{
					File: file, TenantID: pruned.TenantID, Events: pruned.Removed, To: pruned.Seq, Before: pruned.Before, At: pruned.At, By: pruned.By,
				})
			}
			return p.print(found, func(w io.Writer) {
				for _, a := range found {
					fmt.Fprintf(w, "%s %s: events %d to %d of tenant %s, pruned by %s on %s\n",
						p.paint(w, green, "ok"), a.File, a.To-a.Events+1, a.To, a.TenantID, a.By, date(a.At))
				}
			})
		},
	}
}

// archiveJSON is an archive that is as it was written, on the wire.
type archiveJSON struct {
	File     string    `json:"file"`
	TenantID string    `json:"tenant_id"`
	Events   int64     `json:"events"`
	To       int64     `json:"to_seq"`
	Before   time.Time `json:"before"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
}

func verifyArchive(path string, signer auditing.Signer) (pruned audit.Pruning, err error) {
	file, err := os.Open(path)
	if err != nil {
		return pruned, err
	}
	pruned, err = auditing.CheckArchive(auditfile.NewReader(file), signer)
	return pruned, errors.Join(err, file.Close())
}
