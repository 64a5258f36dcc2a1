package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// documents are the files of the OpenAPI document by the format asked for.
var documents = map[string]string{"json": "openapi.json", "yaml": "openapi.yaml", "3.0": "openapi-3.0.json"}

func (p *program) openapi() *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use: "openapi", Short: "Print or write the API's description; needs no server", Args: cobra.NoArgs,
		Example: "  footballctl openapi --format yaml\n  footballctl openapi --out docs/openapi",
		RunE: func(cmd *cobra.Command, _ []string) error {
			file, ok := documents[format]
			if !ok {
				return usagef("--format %q: say yaml, json or 3.0", format)
			}
			all, err := rest.Documents(operating.Served(temporal.Serves))
			if err != nil {
				return err
			}
			if out == "" {
				_, err := p.out.Write(all[file])
				return err
			}
			if cmd.Flags().Changed("format") {
				all = map[string][]byte{file: all[file]}
			}
			return p.writeDocuments(out, all)
		},
	}
	cmd.Flags().StringVar(&format, "format", "json", "json, yaml, or 3.0 for JSON of OpenAPI 3.0")
	cmd.Flags().StringVar(&out, "out", "", "write into this folder, every format unless --format is given")
	return cmd
}

func (p *program) writeDocuments(folder string, all map[string][]byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	written := make(map[string]string)
	for _, format := range []string{"json", "yaml", "3.0"} {
		text, ok := all[documents[format]]
		if !ok {
			continue
		}
		path := filepath.Join(folder, documents[format])
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		written[format] = path
	}
	return p.print(written, func(w io.Writer) {
		for _, format := range []string{"json", "yaml", "3.0"} {
			if path, ok := written[format]; ok {
				fmt.Fprintln(w, path)
			}
		}
	})
}
