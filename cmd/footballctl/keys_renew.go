package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

func (p *program) keysReencrypt() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use: "reencrypt", Short: "Seal everything with the newest key (DATABASE_URL, ENCRYPTION_KEY_FILE)", Args: cobra.NoArgs,
		Long: "Seal every value that an older key has sealed with the newest one, tenant by tenant,\n" +
			"while the servers go on. It may be stopped and run again.",
		Example: "  footballctl keys reencrypt --dry-run\n  footballctl keys reencrypt",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			var renewer *sealing.Renewer
			return p.with(ctx, auditGraph, func() error {
				m := p.meter()
				n, err := renewer.Renew(ctx, dry, func(table string, done int) { m.show(done, 0, table) })
				m.done()
				if err != nil {
					return err
				}
				return p.print(map[string]any{"values": n, "dry_run": dry}, func(w io.Writer) {
					verb := "sealed anew"
					if dry {
						verb = "would be sealed anew"
					}
					fmt.Fprintf(w, "%s %s\n", plural(n, "value", "values"), verb)
				})
			}, &renewer)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only count, and see whether each value can be opened")
	return cmd
}

func (p *program) keysRetire() *cobra.Command {
	return &cobra.Command{
		Use: "retire KEY", Short: "Take a key out that no value needs any more (DATABASE_URL, ENCRYPTION_KEY_FILE)", Args: cobra.ExactArgs(1),
		Long: "Take a key out of the file. It is refused while any value needs the key: run\n" +
			"`keys reencrypt` first. Backups made before then need the key still; keep a copy of\n" +
			"the file for as long as you keep them.",
		Example: "  footballctl keys list\n  footballctl keys retire 1823412221",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseUint(args[0], 10, 32)
			if err != nil {
				return usagef("%q is no key's number; `footballctl keys list` tells them", args[0])
			}
			path, err := p.keyFile()
			if err != nil {
				return err
			}
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			return p.retire(ctx, path, uint32(id))
		},
	}
}

func (p *program) retire(ctx context.Context, path string, id uint32) error {
	var renewer *sealing.Renewer
	return p.with(ctx, auditGraph, func() error {
		uses, err := renewer.Uses(ctx, id)
		if err != nil {
			return err
		}
		if uses > 0 {
			return fmt.Errorf("%s still sealed with key %d; run: footballctl keys reencrypt", plural(uses, "value is", "values are"), id)
		}
		if err := crypto.Retire(path, id); err != nil {
			return err
		}
		return p.print(map[string]uint64{"retired": uint64(id)}, func(w io.Writer) { fmt.Fprintf(w, "key %d is taken out\n", id) })
	}, &renewer)
}
