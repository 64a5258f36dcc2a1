package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) keys() *cobra.Command {
	return group("keys", "Make and change the keys that personal data are sealed with (ENCRYPTION_KEY_FILE), those of tokens (JWT_SECRET_KEY_FILE) and of workflows' payloads (TEMPORAL_CODEC_KEY_FILE)",
		"  footballctl keys generate --out /etc/football/keys.json\n  footballctl keys rotate\n  footballctl keys rotate --tokens",
		p.keysGenerate(), p.keysList(), p.keysRotate(), p.keysReencrypt(), p.keysRetire())
}

func (p *program) keysGenerate() *cobra.Command {
	var (
		out              string
		tokens, payloads bool
	)
	cmd := &cobra.Command{
		Use: "generate", Short: "Make a key file, readable by its owner only", Args: cobra.NoArgs,
		Long: "Make a key file. It holds the keys that columns are sealed with, the one that\n" +
			"they are looked up by, and the one that audit checkpoints are signed with.\n" +
			"Keep a copy apart from the database's backups: without it, what it sealed is lost.\n\n" +
			"With --tokens it holds one secret that tokens are signed with instead; with\n" +
			"--payloads the key that workflows' payloads are sealed with.",
		Example: "  footballctl keys generate --out /etc/football/keys.json\n  footballctl keys generate --tokens --out /etc/football/tokens\n" +
			"  footballctl keys generate --payloads --out /etc/football/payloads.json",
		RunE: func(*cobra.Command, []string) error {
			if tokens {
				return p.generateSecrets(out)
			}
			if payloads {
				return p.generatePayloads(out)
			}
			if err := crypto.Generate(out); err != nil {
				return err
			}
			return p.print(map[string]string{"file": out}, func(w io.Writer) {
				fmt.Fprintf(w, "made %s; set ENCRYPTION_KEY_FILE to it, and keep a copy apart from the backups\n", out)
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the file to make")
	cmd.Flags().BoolVar(&tokens, "tokens", false, "a file for JWT_SECRET_KEY_FILE")
	cmd.Flags().BoolVar(&payloads, "payloads", false, "a file for TEMPORAL_CODEC_KEY_FILE")
	cmd.MarkFlagsMutuallyExclusive("tokens", "payloads")
	require(cmd, "out")
	return cmd
}

// columnKeyJSON is a key for columns on the wire.
type columnKeyJSON struct {
	ID      uint32 `json:"id"`
	Primary bool   `json:"primary"`
}

func (p *program) keysList() *cobra.Command {
	var tokens bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the keys for columns by number, or the secrets of tokens", Args: cobra.NoArgs,
		Example: "  footballctl keys list\n  footballctl keys list --tokens",
		RunE: func(*cobra.Command, []string) error {
			if tokens {
				return p.listSecrets()
			}
			path, err := p.keyFile()
			if err != nil {
				return err
			}
			all, err := crypto.List(path)
			if err != nil {
				return err
			}
			wire, rows := make([]columnKeyJSON, len(all)), make([][]string, len(all))
			for i, k := range all {
				wire[i] = columnKeyJSON(k)
				use := "opens old values"
				if k.Primary {
					use = "seals new values"
				}
				rows[i] = []string{strconv.FormatUint(uint64(k.ID), 10), use}
			}
			return p.print(wire, func(w io.Writer) { table(w, "KEY USE", rows) })
		},
	}
	cmd.Flags().BoolVar(&tokens, "tokens", false, "the secrets that tokens are signed with")
	return cmd
}

func (p *program) keysRotate() *cobra.Command {
	var (
		step     tokenStep
		payloads bool
	)
	cmd := &cobra.Command{
		Use: "rotate", Short: "Add a key that new values are sealed with, or exchange the secret of tokens", Args: cobra.NoArgs,
		Long: "Add a key that new values are sealed with. Running servers take it up within 30\n" +
			"seconds. Afterwards, `keys reencrypt` seals what is there anew, and `keys retire`\n" +
			"takes an old key out. The file as it was stays beside it, ending in .before.\n\n" + rotatePayloadsHelp + "\n\n" + rotateTokensHelp,
		Example: "  footballctl keys rotate\n  footballctl keys rotate --tokens\n  footballctl keys rotate --tokens --promote\n" +
			"  footballctl keys rotate --tokens --retire\n  footballctl keys rotate --payloads",
		RunE: func(*cobra.Command, []string) error {
			if payloads {
				return p.rotatePayloads()
			}
			if step.tokens || step.promote || step.retire {
				return p.rotateTokens(step)
			}
			path, err := p.keyFile()
			if err != nil {
				return err
			}
			id, err := crypto.Rotate(path)
			if err != nil {
				return err
			}
			return p.print(columnKeyJSON{ID: id, Primary: true}, func(w io.Writer) {
				fmt.Fprintf(w, "key %d seals new values from now on; run `footballctl keys reencrypt` for those that are there\n", id)
			})
		},
	}
	step.flags(cmd)
	cmd.Flags().BoolVar(&payloads, "payloads", false, "add a key for workflows' payloads (TEMPORAL_CODEC_KEY_FILE)")
	cmd.MarkFlagsMutuallyExclusive("tokens", "payloads")
	return cmd
}

// keyFile is where the keys are.
func (p *program) keyFile() (string, error) {
	c, err := p.load(config.Only("ENCRYPTION_KEY_FILE"))
	return string(c.EncryptionKeyFile), err
}
