package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBacktestFigures(t *testing.T) {
	dir, file := league(t, "made"), filepath.Join(t.TempDir(), "out.csv")
	out := succeed(t, nil, "backtest", "--data", dir, "--test-from", "2021-09-01", "--predictions", file, "--json")
	got := decode[map[string]float64](t, out)
	for _, name := range []string{"matches", "rps", "log_loss", "brier", "accuracy", "seconds"} {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing in %s", name, out)
		}
	}
	if len(got) != 6 || got["matches"] != 90 || strings.Count(out, "\n") != 1 {
		t.Errorf("it printed %q", out)
	}
	rows := readCSV(t, file)
	want := []string{"date", "home", "away", "p_home", "p_draw", "p_away", "lambda_home", "lambda_away", "home_goals", "away_goals"}
	if diff := cmp.Diff(want, rows[0]); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(map[string]float64{"matches": 90, "rps": got["rps"], "log_loss": got["log_loss"], "brier": got["brier"], "accuracy": got["accuracy"]},
		scored(t, rows[1:]), cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })); diff != "" {
		t.Error("the rows do not add up to the figures:", diff)
	}
}

// scored works the figures out from the rows, from their definitions.
func scored(t *testing.T, rows [][]string) map[string]float64 {
	t.Helper()
	sum := map[string]float64{"matches": float64(len(rows))}
	for _, row := range rows {
		var n [7]float64
		for i := range n {
			value, err := strconv.ParseFloat(row[3+i], 64)
			if err != nil {
				t.Fatal(err)
			}
			n[i] = value
		}
		p, happened := n[:3], 1
		switch {
		case n[5] > n[6]:
			happened = 0
		case n[5] < n[6]:
			happened = 2
		}
		var hit [3]float64
		hit[happened] = 1
		first, second := p[0]-hit[0], p[0]+p[1]-hit[0]-hit[1]
		sum["rps"] += (first*first + second*second) / 2
		sum["log_loss"] -= math.Log(p[happened])
		for i := range p {
			sum["brier"] += (p[i] - hit[i]) * (p[i] - hit[i])
		}
		if p[happened] == max(p[0], p[1], p[2]) {
			sum["accuracy"]++
		}
	}
	for _, name := range []string{"rps", "log_loss", "brier", "accuracy"} {
		sum[name] /= float64(len(rows))
	}
	return sum
}

// No result of a day or later may change that day's forecasts.
func TestBacktestDoesNotLookAhead(t *testing.T) {
	dir := league(t, "made")
	before := predict(t, dir)
	path := filepath.Join(dir, "made", "season-2122.csv")
	rows := readCSV(t, path)
	const from = "2021-10-15"
	for _, row := range rows[1:] {
		if row[0] >= from {
			row[3], row[4] = row[4]+"", "9"
		}
	}
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "made/season-2122.csv", b.String())
	changed := 0
	for i, row := range predict(t, dir)[1:] {
		same := cmp.Equal(before[i+1][3:8], row[3:8])
		if row[0] <= from && !same {
			t.Errorf("the forecast of %s for %s saw a later result", row[0], row[1])
		}
		if !same {
			changed++
		}
	}
	if changed == 0 {
		t.Error("later forecasts did not change either, so this shows nothing")
	}
}

func predict(t *testing.T, dir string) [][]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "out.csv")
	succeed(t, nil, "backtest", "--data", dir, "--test-from", "2021-09-01", "--predictions", file, "--json")
	return readCSV(t, file)
}

func TestBacktestChoosesCompetitions(t *testing.T) {
	dir := league(t, "made")
	other := league(t, "premier-league")
	if err := os.Rename(filepath.Join(other, "premier-league"), filepath.Join(dir, "premier-league")); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[float64][]string{
		180: nil,
		90:  {"--competition", "E0"}, // another name of it
	} {
		out := succeed(t, nil, append([]string{"backtest", "--data", dir, "--test-from", "2021-09-01", "--model", "base-rates", "--json"}, args...)...)
		if got := decode[map[string]float64](t, out)["matches"]; got != want {
			t.Errorf("%v: %v matches, want %v", args, got, want)
		}
	}
}

func TestBacktestListsModels(t *testing.T) {
	models := decode[[]map[string]string](t, succeed(t, nil, "backtest", "--model", "list", "--json"))
	if len(models) < 3 || models[0]["name"] != "score-driven" || models[0]["description"] == "" {
		t.Errorf("it lists %v", models)
	}
}

// A bad row keeps none of the good ones out, and is named.
func TestBacktestNamesBadRows(t *testing.T) {
	dir := league(t, "made")
	path := filepath.Join(dir, "made", "season-2122.csv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "made/season-2122.csv", string(text)+"2022-02-31,Team A,Team B,1,0\n2022-03-01,Team A,Team C,-1,0\n")
	a := ctl(t, nil, "backtest", "--data", dir, "--test-from", "2021-09-01", "--model", "base-rates")
	if a.code != 0 || !strings.Contains(a.err, "left out: 2 rows") || !strings.Contains(a.err, "made/season-2122.csv:92:") {
		t.Errorf("code %d\n%s%s", a.code, a.out, a.err)
	}
}

func TestBacktestRefuses(t *testing.T) {
	dir := league(t, "made")
	usage := []string{"backtest", "--data", dir, "--test-from", "2021-09-01"}
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"no folder":            {[]string{"backtest", "--test-from", "2021-09-01"}, exitUsage, "--data"},
		"no first day":         {[]string{"backtest", "--data", dir}, exitUsage, "--test-from"},
		"bad day":              {[]string{"backtest", "--data", dir, "--test-from", "2021-02-30"}, exitUsage, `"2021-02-30"`},
		"days reversed":        {append(usage, "--test-to", "2021-08-01"), exitUsage, "--test-to"},
		"nothing to train on":  {append(usage, "--train-from", "2021-09-01"), exitUsage, "--train-from"},
		"shots":                {append(usage, "--features", "shots"), exitUsage, "shots"},
		"odds":                 {append(usage, "--features", "odds"), exitUsage, "odds"},
		"unknown model":        {append(usage, "--model", "oracle"), exitUsage, "dixon-coles"},
		"unknown competition":  {append(usage, "--competition", "nowhere"), exitUsage, "made"},
		"absent folder":        {[]string{"backtest", "--data", dir + "/none", "--test-from", "2021-09-01"}, exitFailure, "does not exist"},
		"empty folder":         {[]string{"backtest", "--data", t.TempDir(), "--test-from", "2021-09-01"}, exitFailure, "empty"},
		"days without matches": {[]string{"backtest", "--data", dir, "--test-from", "2031-09-01"}, exitFailure, "2020-09-01"},
		"no place for rows":    {append(usage, "--predictions", dir+"/none/out.csv"), exitFailure, "--predictions"},
		"folder for rows":      {append(usage, "--predictions", dir), exitFailure, "regular"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := ctl(t, nil, test.args...)
			if a.code != test.code || !strings.Contains(a.err, test.says) || a.out != "" {
				t.Errorf("code %d, out %q, err %q; want code %d and %q", a.code, a.out, a.err, test.code, test.says)
			}
		})
	}
}

// Every fault of a command line is told, not only the first.
func TestBacktestTellsAllFaults(t *testing.T) {
	a := ctl(t, nil, "backtest", "--model", "oracle", "--features", "shots", "--test-to", "soon")
	for _, flag := range []string{"--data", "--test-from", "--test-to", "--features", "--model"} {
		if !strings.Contains(a.err, flag) {
			t.Errorf("%s is not named in %q", flag, a.err)
		}
	}
}

// An interrupted backtest leaves no half-written file behind.
func TestBacktestLeavesNoHalves(t *testing.T) {
	out := t.TempDir()
	ctl(t, nil, "backtest", "--data", t.TempDir(), "--test-from", "2021-09-01", "--predictions", filepath.Join(out, "out.csv"))
	left, err := os.ReadDir(out)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// The yardstick's figures on real seasons are known (base rates of the last
// five years, scored by independent code), so they prove how files are read.
func TestSharedLeagues(t *testing.T) {
	const leagues = "../../../shared/data/leagues"
	if _, err := os.Stat(leagues); err != nil {
		t.Skip("the shared data are not beside this clone")
	}
	out := succeed(t, nil, "backtest", "--data", leagues, "--test-from", "2012-07-01", "--test-to", "2022-06-30", "--model", "base-rates", "--json")
	got := decode[map[string]float64](t, out)
	t.Log(out)
	if got["matches"] != 18159 || math.Abs(got["rps"]-0.22919) > 5e-5 || math.Abs(got["log_loss"]-1.06846) > 5e-5 || math.Abs(got["accuracy"]-0.447) > 5e-4 {
		t.Error("want 18159 matches, RPS 0.22919, log loss 1.06846, accuracy 0.447")
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
	return rows
}
