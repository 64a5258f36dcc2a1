package releases

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var _ releasing.Prober = (*Prober)(nil)

// Prober asks the API of a colour at its socket.
type Prober struct {
	Layout

	Host string // a name that the API answers to
}

// probeLimit bounds one answer: one that takes longer is no good.
const probeLimit = 2 * time.Second

// Ready implements [releasing.Prober].
func (p *Prober) Ready(ctx context.Context, c operation.Colour) error {
	return p.expect(ctx, c, "/health/ready", http.StatusOK)
}

// smoke is what every release answers, whatever is in its database.
var smoke = map[string]int{
	"/health": http.StatusOK, "/openapi.json": http.StatusOK, "/docs": http.StatusOK,
	"/api/v1/competitions": http.StatusUnauthorized, "/api/v1/nothing": http.StatusNotFound,
}

// Smoke implements [releasing.Prober].
func (p *Prober) Smoke(ctx context.Context, c operation.Colour) error {
	for path, want := range smoke {
		if err := p.expect(ctx, c, path, want); err != nil {
			return err
		}
	}
	return nil
}

func (p *Prober) expect(ctx context.Context, c operation.Colour, path string, want int) error {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", p.Socket(c))
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, http.NoBody)
	if err != nil {
		return err
	}
	request.Host = p.Host
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode != want {
		return fmt.Errorf("%s is answered %d, want %d", path, response.StatusCode, want)
	}
	return nil
}
