//go:build prove

package postgres_test

import (
	"fmt"
	"strings"
)

// The colours of the lines: told apart by people who see colours differently
// (Okabe and Ito, 2008).
var lineColours = []string{"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#555555"}

const (
	panelWidth, panelHeight = 330, 240
	panelLeft, panelTop     = 50, 50
	panelMost               = 2.5 // times the cost in the smallest database
)

// svg draws charts side by side: the cost of each operation as a multiple of
// what it is in the smallest database.
func svg(charts []chart) string {
	var b strings.Builder
	names := charts[0].order
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n",
		len(charts)*(panelWidth+panelLeft)+30, panelTop+panelHeight+60+18*((len(names)+1)/2))
	b.WriteString(`<rect width="100%" height="100%" fill="white"/>` + "\n")
	b.WriteString(`<text x="20" y="22" font-size="14">Cost of one operation, as a multiple of its cost in the smallest database (medians)</text>` + "\n")
	for i, c := range charts {
		panel(&b, c, panelLeft+i*(panelWidth+panelLeft))
	}
	for i, name := range names {
		x, y := panelLeft+i%2*(panelWidth+panelLeft), panelTop+panelHeight+60+i/2*18
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="18" height="4" fill="%s"/><text x="%d" y="%d">%s</text>`+"\n",
			x, y-6, lineColours[i], x+26, y, name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func panel(b *strings.Builder, c chart, left int) {
	height := func(ratio float64) float64 { return panelTop + panelHeight*(1-min(ratio, panelMost)/panelMost) }
	across := func(i int) float64 { return float64(left) + float64(i)*panelWidth/float64(len(c.sizes)) }
	for _, tick := range []float64{0, 0.5, 1, 1.5, 2, 2.5} {
		fmt.Fprintf(b, `<line x1="%d" x2="%.0f" y1="%.1f" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.1f</text>`+"\n",
			left, across(len(c.sizes)-1), height(tick), height(tick), left-6, height(tick)+4, tick)
	}
	for i, n := range c.sizes {
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", across(i), panelTop+panelHeight+18, grouped(n))
	}
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", left, panelTop+panelHeight+36, c.axis)
	for i, name := range c.order {
		var points []string
		for j, cost := range c.costs[name] {
			points = append(points, fmt.Sprintf("%.1f,%.1f", across(j), height(float64(cost)/float64(c.costs[name][0]))))
		}
		fmt.Fprintf(b, `<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>`+"\n", lineColours[i], strings.Join(points, " "))
	}
}
