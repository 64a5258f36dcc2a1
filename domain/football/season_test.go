package football_test

import (
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

func TestParseSeason(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"2021-22": "2021-22", "2021-2022": "2021-22", "2021/22": "2021-22", " 1999-00 ": "1999-00",
		"2026": "2026", "2021": "2021",
		"": "", "2021-23": "", "21-22": "", "2021-2": "", "next": "", "2021-22-23": "", "99999": "", "1700": "",
	}
	for text, want := range tests {
		got, err := football.ParseSeason(text)
		if got.String() != want || (err == nil) != (want != "") {
			t.Errorf("ParseSeason(%q) = %q, %v; want %q", text, got, err, want)
		}
		if again, err := football.ParseSeason(got.String()); want != "" && (err != nil || again != got) {
			t.Errorf("%q does not survive writing and reading: %v", text, err)
		}
	}
}

func TestParseSeasonCode(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"2122": "2021-22", "9900": "1999-00", "9394": "1993-94", "2021": "2020-21", "0001": "2000-01",
		"2123": "", "21": "", "2021-22": "", "abcd": "",
	}
	for code, want := range tests {
		if got, err := football.ParseSeasonCode(code); got.String() != want || (err == nil) != (want != "") {
			t.Errorf("ParseSeasonCode(%q) = %q, %v; want %q", code, got, err, want)
		}
	}
}

func TestSeasonCovers(t *testing.T) {
	t.Parallel()
	winter, _ := football.NewSeason(2019, 2020)
	summer, _ := football.NewSeason(2026, 2026)
	tests := map[string]struct {
		season football.Season
		day    string
		want   bool
	}{
		"opening weekend":        {winter, "2019-08-09", true},
		"the late end of 2020":   {winter, "2020-08-02", true},
		"the spring before":      {winter, "2019-05-12", false},
		"two years on":           {winter, "2021-01-02", false},
		"a summer season's eve":  {summer, "2025-12-31", false},
		"a summer season's day":  {summer, "2026-03-01", true},
		"after a summer season":  {summer, "2027-01-01", false},
		"a summer season's last": {summer, "2026-12-31", true},
	}
	for name, tt := range tests {
		day, err := time.Parse(time.DateOnly, tt.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.season.Covers(day); got != tt.want {
			t.Errorf("%s: %s covers %s = %v", name, tt.season, tt.day, got)
		}
	}
}

func TestSeasonOf(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"2019-06-30": "2018-19", "2019-07-01": "2019-20", "2020-01-01": "2019-20"} {
		at, _ := time.Parse(time.DateOnly, day)
		if got := football.SeasonOf(at).String(); got != want {
			t.Errorf("season of %s = %s, want %s", day, got, want)
		}
	}
}

func TestAsOfStandsAtTheEndOfTheDay(t *testing.T) {
	t.Parallel()
	day := time.Date(2019, 3, 1, 15, 4, 5, 0, time.UTC)
	if got, want := football.AsOf(day)(), time.Date(2019, 3, 2, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("calendar = %v, want %v", got, want)
	}
}
