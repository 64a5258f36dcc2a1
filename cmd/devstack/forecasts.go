package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds what is read of an answer of the API.
const maxAnswer = 4 << 20

// forecast is what the table shows of a forecast on the wire.
type forecast struct {
	Match struct {
		Competition struct {
			Code string `json:"code"`
			Name string `json:"name"`
		} `json:"competition"`
		KickOff          time.Time `json:"kick_off"`
		KickOffTimeKnown bool      `json:"kick_off_time_known"`
		Home             team      `json:"home"`
		Away             team      `json:"away"`
	} `json:"match"`
	ExpectedGoals struct {
		Home float64 `json:"home"`
		Away float64 `json:"away"`
	} `json:"expected_goals"`
	Outcome struct {
		Home float64 `json:"home"`
		Draw float64 `json:"draw"`
		Away float64 `json:"away"`
	} `json:"outcome"`
	Pick *string `json:"pick"` // home, draw, away, or null when not confident enough
}

type team struct {
	Name string `json:"name"`
}

// forecasts asks the API, as any client would, for the next fixtures.
func (s *stack) forecasts(ctx context.Context) ([]forecast, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.api.url()+"/api/v1/forecasts?limit=20&upcoming=true", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-API-Key", s.secrets.APIKey)
	response, err := s.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the API for forecasts: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the API's forecasts: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API answers %s when asked for forecasts: %s", response.Status, body)
	}
	var page struct {
		Items []forecast `json:"items"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("read the API's forecasts: %w", err)
	}
	return page.Items, nil
}
