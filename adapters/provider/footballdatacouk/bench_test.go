package footballdatacouk_test

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkParse reads a season of the site's shape, of made-up matches.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString(header)
	const rows = 380
	for i := range rows {
		fmt.Fprintf(&text, "E0,%02d/%02d/2021,15:00,Team %d,Team %d,2,1,H,1,0,12,9,1.95,3.4,4.2,1.93,3.5,4.25\n",
			1+i%28, 8+i%4, i/19, 20+i%19)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := parse(b, text.String()); err != nil || len(got.Records) != rows {
			b.Fatalf("%d records, findings %v, %v", len(got.Records), got.Findings, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
