package main

import (
	"fmt"
	"io"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

const rotatePayloadsHelp = "With --payloads it adds a key that workflows' payloads are sealed with. The old ones\n" +
	"stay in the file, since histories need them for as long as Temporal keeps them."

func (p *program) generatePayloads(out string) error {
	if err := crypto.GeneratePayloads(out); err != nil {
		return err
	}
	return p.print(map[string]string{"file": out}, func(w io.Writer) {
		fmt.Fprintf(w, "made %s; set TEMPORAL_CODEC_KEY_FILE to it for API, workers and footballctl, and keep a copy\n", out)
	})
}

func (p *program) rotatePayloads() error {
	c, err := p.load(config.Only("TEMPORAL_CODEC_KEY_FILE"))
	if err != nil {
		return err
	}
	id, err := crypto.RotatePayloads(string(c.TemporalCodecKeyFile))
	if err != nil {
		return err
	}
	return p.print(columnKeyJSON{ID: id, Primary: true}, func(w io.Writer) {
		fmt.Fprintf(w, "key %d seals workflows' payloads from now on; bring the file to all\n", id)
	})
}
