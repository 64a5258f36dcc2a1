// Command generate writes the dashboards as Grafana reads them:
//
//	go run ./deploy/grafana/generate deploy/grafana/dashboards
//
// The tables of panels beside it are what is edited; the JSON is what is
// deployed. Types are those that Grafana publishes for its schema.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	for _, b := range boards {
		built, err := b.build()
		if err != nil {
			return fmt.Errorf("dashboard %s: %w", b.uid, err)
		}
		text, err := json.MarshalIndent(built, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, b.uid+".json"), append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	return nil
}
