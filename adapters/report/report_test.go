package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/report"
	"github.com/football-prediction/football-prediction/domain/operation"
)

var monday = time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)

const hostile = `<script>alert("1")</script>"'><img src=x onerror=alert(1)>`

// hostileReport has an attack wherever text can stand.
func hostileReport() operation.Report {
	points := make([]operation.Point, 30)
	for i := range points {
		points[i] = operation.Point{At: monday.AddDate(0, 0, i), Value: 4e9 + float64(i*i)*4e6}
	}
	chart := operation.Chart{Title: hostile, Unit: operation.Bytes, Points: points, Trend: operation.FitTrend(points), Limit: 9e9, Until: monday.AddDate(0, 0, 120)}
	return operation.Report{
		ID: hostile, Plan: operation.Plan(hostile), Run: hostile, Aborted: hostile, Began: monday, Ended: monday.Add(time.Minute), Outcome: operation.Attention,
		Results: []operation.StepResult{{
			Step: hostile, Title: hostile, Summary: hostile, Verdict: operation.Verdict(hostile),
			Notes:    []operation.Note{{Verdict: operation.Verdict(hostile), Text: hostile, Remedy: hostile}},
			Figures:  []operation.Figure{{Name: hostile, Value: 1, Unit: operation.Unit(hostile)}},
			Listings: []operation.Listing{{Title: hostile, Columns: []string{hostile}, Rows: [][]string{{hostile}}, Left: 3}},
			Charts:   []operation.Chart{chart, {Title: "one point", Points: points[:1]}, {Title: "no time", Points: []operation.Point{points[0], points[0]}}},
		}},
	}
}

func page(t *testing.T, r operation.Report) string {
	t.Helper()
	renderer, err := report.NewRenderer()
	if err != nil {
		t.Fatal(err)
	}
	text, err := renderer.Page(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Nothing that was found is taken for markup: the page has the elements of its
// own template, no script, no handler and no address elsewhere.
func TestHostileContentIsText(t *testing.T) {
	text := page(t, hostileReport())
	if !strings.Contains(text, "&lt;script&gt;") {
		t.Fatal("the content is not there")
	}
	allowed := map[string]bool{
		"html": true, "head": true, "meta": true, "title": true, "style": true, "body": true, "h1": true, "h2": true, "h3": true, "p": true, "b": true,
		"table": true, "thead": true, "tbody": true, "tr": true, "td": true, "th": true, "a": true, "section": true, "header": true, "ul": true, "li": true,
		"span": true, "dl": true, "div": true, "dt": true, "dd": true, "figure": true, "figcaption": true, "svg": true, "line": true, "text": true,
		"polygon": true, "polyline": true, "circle": true, "footer": true,
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !allowed[element.Name.Local] {
			t.Errorf("the page has the element <%s>", element.Name.Local)
		}
		for _, a := range element.Attr {
			if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || a.Name.Local == "src" || a.Name.Local == "style" || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") {
				t.Errorf("<%s> has %s=%q", element.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
	if strings.Contains(text, "ZgotmplZ") {
		t.Error("the template refused a value of its own")
	}
	if n := strings.Count(text, "<svg"); n != 1 {
		t.Errorf("%d pictures; what has one point or no length has none", n)
	}
}

// The policy in the page allows its own style by hash, and nothing else.
func TestPolicyAllowsTheStyleAlone(t *testing.T) {
	text := page(t, hostileReport())
	policy := regexp.MustCompile(`content="(default-src &#39;none&#39;; style-src &#39;sha256-[^"]+)"`).FindString(text)
	if policy == "" || strings.Contains(policy, "unsafe") || strings.Count(text, "<style>") != 1 || strings.Contains(text, "<script") {
		t.Errorf("policy %q", policy)
	}
}

func TestNumbersAreForPeople(t *testing.T) {
	r := operation.Report{Plan: operation.Daily, Results: []operation.StepResult{{Figures: []operation.Figure{
		{Name: "a", Value: 1536, Unit: operation.Bytes},
		{Name: "b", Value: 0.123, Unit: operation.Share},
		{Name: "c", Value: 0.0004, Unit: operation.Seconds},
		{Name: "d", Value: 1234567},
		{Name: "e", Value: 2.5, Unit: operation.Rate},
	}}}}
	text := page(t, r)
	for _, want := range []string{"1.50 KiB", "12.3 %", "400 µs", "1\u202f234\u202f567", "2.50/s"} {
		if !strings.Contains(text, "<dd>"+want+"</dd>") {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// Every coordinate of a picture is a number that lies in it.
func TestPicturesStayInTheirFrame(t *testing.T) {
	for name, values := range map[string][]float64{
		"growing": {1, 2, 3, 4, 5, 6}, "flat": {5, 5, 5, 5, 5, 5}, "nothing": {0, 0, 0, 0, 0, 0}, "huge": {1e15, 2e15, 1e15, 3e15, 1e15, 1e15}, "tiny": {1e-9, 2e-9, 1e-9, 1e-9, 1e-9, 1e-9},
		"below zero": {-5, -4, -3, -2, -1, 0},
	} {
		for _, unit := range []operation.Unit{operation.Count, operation.Bytes, operation.Share} {
			points := make([]operation.Point, len(values))
			for i, v := range values {
				points[i] = operation.Point{At: monday.AddDate(0, 0, i), Value: v}
			}
			chart := operation.Chart{Title: "x", Unit: unit, Points: points, Trend: operation.FitTrend(points), Until: monday.AddDate(0, 1, 0)}
			text := page(t, operation.Report{Plan: operation.Daily, Results: []operation.StepResult{{Charts: []operation.Chart{chart}}}})
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || !strings.Contains(text, `<polyline class="curve" points="`) {
				t.Errorf("%s in %q: a coordinate is no number", name, unit)
			}
			if n := strings.Count(text, `text-anchor="end"`); n < 2 || n > 12 {
				t.Errorf("%s in %q: %d values beside the picture", name, unit, n)
			}
		}
	}
}
