package forecast_test

import (
	"cmp"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// shared is where real matches lie beside the repository. A clone elsewhere
// has none, and then only the tests that read them are skipped.
const shared = "../../../shared/data"

var leagues = sync.OnceValues(func() ([]forecast.Result, error) {
	files, err := filepath.Glob(filepath.Join(shared, "leagues", "*", "season-*.csv"))
	if err != nil {
		return nil, err
	}
	var all []forecast.Result
	for _, name := range files {
		results, err := readSeason(name)
		if err != nil {
			return nil, err
		}
		all = append(all, results...)
	}
	return all, nil
})

// realMatches are 51,997 results of five leagues, 1993-94 to 2021-22.
func realMatches(tb testing.TB) []forecast.Result {
	tb.Helper()
	if _, err := os.Stat(filepath.Join(shared, "leagues")); os.IsNotExist(err) {
		tb.Skip("no shared data beside this clone")
	}
	all, err := leagues()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func readSeason(name string) ([]forecast.Result, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	season, err := football.ParseSeasonCode(filepath.Base(name)[len("season-") : len("season-")+4])
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(file)
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, title := range header {
		column[title] = i
	}
	var results []forecast.Result
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return results, nil
		}
		if err != nil {
			return nil, err
		}
		date, errDate := time.Parse(time.DateOnly, row[column["Date"]])
		home, errHome := strconv.Atoi(row[column["FTHG"]])
		away, errAway := strconv.Atoi(row[column["FTAG"]])
		if err := cmp.Or(errDate, errHome, errAway); err != nil {
			return nil, err
		}
		results = append(results, forecast.Result{
			Competition: football.CompetitionCode(filepath.Base(filepath.Dir(name))), Season: season, Date: date,
			Home: football.TeamID(row[column["HomeTeam"]]), Away: football.TeamID(row[column["AwayTeam"]]),
			HomeGoals: home, AwayGoals: away,
		})
	}
}

func date(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}
