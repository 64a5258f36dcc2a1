package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// value is a number with its unit, to three digits.
func value(v float64, u operation.Unit) string {
	switch u {
	case operation.Bytes:
		return bytesText(v)
	case operation.Share:
		return digits(100*v) + " %"
	case operation.Seconds:
		return secondsText(v)
	case operation.Rate:
		return digits(v) + "/s"
	default:
		return grouped(v)
	}
}

func bytesText(v float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	n := 0
	for math.Abs(v) >= 1024 && n < len(units)-1 {
		v /= 1024
		n++
	}
	return digits(v) + " " + units[n]
}

func secondsText(v float64) string {
	switch {
	case v == 0:
		return "0 s"
	case math.Abs(v) < 0.001:
		return digits(v*1e6) + " µs"
	case math.Abs(v) < 1:
		return digits(v*1e3) + " ms"
	}
	return digits(v) + " s"
}

// digits is v with at most three of them after the first that counts.
func digits(v float64) string {
	switch size := math.Abs(v); {
	case v == math.Trunc(v) || size >= 100:
		return fmt.Sprintf("%.0f", v)
	case size >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// grouped is a count with thin spaces between thousands.
func grouped(v float64) string {
	if v != math.Trunc(v) || math.Abs(v) >= 1e15 {
		return digits(v)
	}
	text := strconv.FormatInt(int64(math.Abs(v)), 10)
	var b strings.Builder
	if v < 0 {
		b.WriteString("−")
	}
	for i, c := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(c)
	}
	return b.String()
}
