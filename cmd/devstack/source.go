package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	openfootballURL = "https://raw.githubusercontent.com/openfootball/football.json/master/README.md"
	probeTimeout    = 5 * time.Second
)

// chooseSource turns auto into openfootball, or into simulated with the reason
// why openfootball will not do.
func chooseSource(ctx context.Context, data, probe string) (source, reason string) {
	if data != dataAuto {
		return data, ""
	}
	if err := reachable(ctx, probe); err != nil {
		return dataSimulated, err.Error()
	}
	return dataOpenfootball, ""
}

func reachable(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, response.Status)
	}
	return nil
}
