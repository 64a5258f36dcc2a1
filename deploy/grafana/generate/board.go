package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// board is a dashboard.
type board struct {
	uid, title, about string
	from              string // how far it looks back, such as now-6h
	rows              []row
}

// row is a part of a dashboard.
type row struct {
	title  string
	panels []panel
}

// panel is one picture. Of thresholds, warn colours it yellow and bad red; when
// bad is below warn, low values are the bad ones.
type panel struct {
	title, about, unit string
	now                bool // a figure as it is now, not over time
	warn, bad          float64
	queries            []query
}

// query is an expression with the legend of its series.
type query struct{ expr, legend string }

// Grafana's grid has 24 columns.
const (
	statWidth, statHeight     = 4, 5
	seriesWidth, seriesHeight = 8, 8
)

// boards are all dashboards.
var boards = []board{system, business, infrastructure, workflows}

// build makes the dashboard as Grafana reads it.
//
//nolint:staticcheck // what is provisioned from files is of the first version of the schema
func (b board) build() (dashboard.Dashboard, error) {
	builder := dashboard.NewDashboardBuilder(b.title).Uid(b.uid).Description(b.about).
		Tags([]string{"football-prediction"}).Readonly().Timezone("utc").Refresh("30s").Time(b.from, "now").
		Tooltip(dashboard.DashboardCursorSyncCrosshair)
	for _, r := range b.rows {
		builder.WithRow(dashboard.NewRowBuilder(r.title))
		for _, p := range r.panels {
			builder.WithPanel(p.build())
		}
	}
	return builder.Build()
}

func (p panel) build() cog.Builder[dashboard.Panel] {
	if p.now {
		s := stat.NewPanelBuilder().Title(p.title).Description(p.about).Unit(p.unit).Datasource(source()).
			Thresholds(p.thresholds()).Span(statWidth).Height(statHeight).
			ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}))
		for _, q := range p.targets() {
			s.WithTarget(q)
		}
		return s
	}
	s := timeseries.NewPanelBuilder().Title(p.title).Description(p.about).Unit(p.unit).Datasource(source()).
		Thresholds(p.thresholds()).Span(seriesWidth).Height(seriesHeight).FillOpacity(8)
	if p.hasThresholds() {
		s.ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(common.GraphThresholdsStyleModeLine))
	}
	for _, q := range p.targets() {
		s.WithTarget(q)
	}
	return s
}

func (p panel) targets() []cog.Builder[variants.Dataquery] {
	all := make([]cog.Builder[variants.Dataquery], len(p.queries))
	for i, q := range p.queries {
		b := prometheus.NewDataqueryBuilder().Expr(q.expr).LegendFormat(q.legend).RefId(string(rune('A' + i))).Datasource(source())
		if p.now {
			b.Instant()
		} else {
			b.Range()
		}
		all[i] = b
	}
	return all
}

func (p panel) hasThresholds() bool { return p.warn != 0 || p.bad != 0 }

func (p panel) thresholds() cog.Builder[dashboard.ThresholdsConfig] {
	step := func(from *float64, colour string) dashboard.Threshold {
		return dashboard.Threshold{Value: from, Color: colour}
	}
	steps := []dashboard.Threshold{step(nil, "green")}
	switch {
	case p.hasThresholds() && p.bad >= p.warn:
		steps = append(steps, step(&p.warn, "yellow"), step(&p.bad, "red"))
	case p.hasThresholds():
		steps = []dashboard.Threshold{step(nil, "red"), step(&p.bad, "yellow"), step(&p.warn, "green")}
	}
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(steps)
}

func source() common.DataSourceRef {
	return common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("prometheus")}
}
