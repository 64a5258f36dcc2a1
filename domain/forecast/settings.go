package forecast

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// ErrSettings is returned for settings that no model can have.
var ErrSettings = &domain.Error{Kind: domain.Invalid, Code: "forecast.settings"}

// settingsFormat is raised when the meaning of a setting changes, so that
// settings of an older release are refused rather than misread.
const settingsFormat = 1

// wireSettings is what settings look like as JSON.
type wireSettings struct {
	Format        int                `json:"format"`
	Values        map[string]float64 `json:"values"`
	Calibration   wireCalibration    `json:"calibration"`
	PickThreshold float64            `json:"pick_threshold"`
	Matches       int                `json:"matches"`
	From          time.Time          `json:"from,omitzero"`
	To            time.Time          `json:"to,omitzero"`
	Sufficient    bool               `json:"sufficient"`
}

type wireCalibration struct {
	Shift   float64 `json:"shift"`
	Stretch float64 `json:"stretch"`
	Width   float64 `json:"width"`
}

// MarshalSettings is the model as JSON, for [LoadModel]. All numbers come back
// exactly.
func (m Model) MarshalSettings() ([]byte, error) {
	wire := wireSettings{
		Format: settingsFormat, Values: map[string]float64{},
		Calibration:   wireCalibration{m.calibration.shift, m.calibration.stretch, m.calibration.width},
		PickThreshold: m.threshold, Matches: m.matches, From: m.from, To: m.to, Sufficient: m.sufficient,
	}
	for _, d := range m.settings().dials() {
		wire.Values[d.name] = *d.at
	}
	text, err := json.Marshal(wire)
	if err != nil {
		return nil, fmt.Errorf("write settings of %s: %w", m.name, err)
	}
	return text, nil
}

// LoadModel is the model called name with settings that
// [Model.MarshalSettings] wrote. It returns [ErrMethod] for an unknown name,
// and [ErrSettings] when a setting is missing, unknown or out of its bounds.
func LoadModel(name string, settings []byte) (Model, error) {
	found, err := findMethod(name)
	if err != nil {
		return Model{}, err
	}
	var wire wireSettings
	decoder := json.NewDecoder(bytes.NewReader(settings))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wire); err != nil {
		return Model{}, faulty("of %s are no such JSON: %v", name, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Model{}, faulty("of %s go on after their end", name)
	}
	values, err := wire.values(found.settings())
	if err != nil {
		return Model{}, err
	}
	if err := wire.validate(); err != nil {
		return Model{}, err
	}
	c := wire.Calibration
	return Model{
		name: name, values: values, calibration: calibration{c.Shift, c.Stretch, c.Width},
		threshold: wire.PickThreshold, matches: wire.Matches,
		from: wire.From, to: wire.To, sufficient: wire.Sufficient,
	}, nil
}

// values are those of the dials of s, in their order.
func (w wireSettings) values(s settings) ([]float64, error) {
	dials := s.dials()
	if len(w.Values) != len(dials) {
		return nil, faulty("hold %d values, not %d", len(w.Values), len(dials))
	}
	values := make([]float64, len(dials))
	for i, d := range dials {
		v, ok := w.Values[d.name]
		if !ok {
			return nil, faulty("lack %s", d.name)
		}
		if v < d.low || v > d.high {
			return nil, faulty("have %s at %v, outside %v to %v", d.name, v, d.low, d.high)
		}
		values[i] = v
	}
	return values, nil
}

func (w wireSettings) validate() error {
	c := w.Calibration
	switch {
	case w.Format != settingsFormat:
		return faulty("have format %d; this release reads %d", w.Format, settingsFormat)
	case !c.sane():
		return faulty("have an impossible calibration %+v", c)
	case w.PickThreshold < 1.0/3 || w.PickThreshold > 1:
		return faulty("have a pick threshold of %v, outside 1/3 to 1", w.PickThreshold)
	case w.Matches < 0 || w.To.Before(w.From):
		return faulty("have an impossible range of %d matches from %s to %s", w.Matches, w.From, w.To)
	}
	return nil
}

// sane reports whether the calibration leaves a better team the better one.
func (c wireCalibration) sane() bool {
	return c.Shift >= -2 && c.Shift <= 2 && c.Stretch > 0 && c.Stretch <= 5 && c.Width >= -2 && c.Width <= 2
}

func faulty(format string, args ...any) error {
	return domain.Errorf(domain.Invalid, ErrSettings.Code, "settings "+format, args...)
}
