package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/archive"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/ports/removing"
)

// exportGraph keeps archives in a folder.
func exportGraph(dir string) graph {
	return graph{
		identityGraph.needs,
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, archive.Module, core.Auditing(), core.Identity(), core.Tenancy(),
				fx.Replace(archive.Config{Dir: dir}))
		},
	}
}

// exportJSON is an archive on the wire.
type exportJSON struct {
	Place  string `json:"place"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Rows   int    `json:"rows"`
}

func (p *program) tenantExport() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "export NAME", Short: "Write all that a tenant owns into an archive", Args: cobra.ExactArgs(1),
		Long: `Write all that a tenant owns into a zip archive: JSON lines by table, and a manifest with
rows, bytes and SHA-256 of each. Sealed columns are opened, so keep it well; passwords,
keys and second factors are left out.`,
		Example: "  footballctl tenant export acme --out /srv/exports",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			var remover *removing.Remover
			return p.with(ctx, exportGraph(dir), func() error {
				meter := p.meter()
				kept, err := remover.Archive(asPlatform(ctx), args[0], "footballctl "+time.Now().UTC().Format(time.RFC3339Nano), func(table string, rows int) {
					meter.show(rows, 0, table)
				})
				meter.done()
				if err != nil {
					return err
				}
				return p.print(exportJSON(kept), func(w io.Writer) {
					fmt.Fprintf(w, "%s: %s, %d bytes, SHA-256 %s\n", kept.Place, plural(kept.Rows, "row", "rows"), kept.Bytes, kept.SHA256)
				})
			}, &remover)
		},
	}
	cmd.Flags().StringVar(&dir, "out", "", "folder to write to, made when it is not there")
	require(cmd, "out")
	return cmd
}
