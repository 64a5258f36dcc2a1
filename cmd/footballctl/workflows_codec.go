package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) codecServer() *cobra.Command {
	var (
		listen  string
		origins []string
	)
	cmd := &cobra.Command{
		Use: "codec-server", Short: "Open sealed payloads for Temporal's web interface, until it is stopped", Args: cobra.NoArgs,
		Long: "Open sealed payloads for Temporal's web interface (TEMPORAL_CODEC_KEY_FILE). Whoever\n" +
			"knows TEMPORAL_CODEC_TOKEN may ask: open the address once in the browser and give\n" +
			"the token as the password. Set the interface's TEMPORAL_CODEC_ENDPOINT to this\n" +
			"address and its TEMPORAL_CODEC_INCLUDE_CREDENTIALS to true.",
		Example: "  footballctl workflows codec-server --origin http://localhost:8080",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load(config.Only("TEMPORAL_CODEC_KEY_FILE", "TEMPORAL_CODEC_TOKEN"))
			if err != nil {
				return err
			}
			cipher, err := crypto.OpenPayloads(string(c.TemporalCodecKeyFile), time.Now)
			if err != nil {
				return err
			}
			codec := temporal.CodecServer{Cipher: cipher, Token: string(c.TemporalCodecToken), Origins: origins}
			return p.serveUntilDone(cmd.Context(), listen, codec.Handler())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8234", "host:port to listen on")
	cmd.Flags().StringSliceVar(&origins, "origin", nil, "origin of Temporal's web interface; several are divided by commas")
	require(cmd, "origin")
	return cmd
}

// serveUntilDone answers until ctx ends, and then lets requests under way finish.
func (p *program) serveUntilDone(ctx context.Context, address string, h http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second}
	fmt.Fprintf(p.err, "opening payloads on http://%s\n", listener.Addr())
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(stopping), ctx.Err())
}
