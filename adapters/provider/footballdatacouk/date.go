package footballdatacouk

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// londonZone is the zone of the Time column. The site's notes say only "time
// of match kick off", but the times are British whatever the league: the
// Bundesliga's Saturday matches, 15:30 in Germany, stand there as 14:30.
var londonZone = sync.OnceValues(func() (*time.Location, error) { return time.LoadLocation("Europe/London") })

// parseDate reads DD/MM/YY, DD/MM/YYYY and YYYY-MM-DD as midnight UTC. Years
// of two digits from 70 on lie in the twentieth century.
func parseDate(text string) (time.Time, error) {
	separator := "/"
	if strings.Contains(text, "-") {
		separator = "-"
	}
	parts := strings.Split(text, separator)
	if len(parts) != 3 {
		return time.Time{}, fmt.Errorf("%q is no date; it should read DD/MM/YY, DD/MM/YYYY or YYYY-MM-DD", text)
	}
	if separator == "-" {
		parts[0], parts[2] = parts[2], parts[0]
	}
	day, errDay := number(parts[0], 1, 2)
	month, errMonth := number(parts[1], 1, 2)
	year, errYear := number(parts[2], 2, 4)
	if errDay != nil || errMonth != nil || errYear != nil || len(parts[2]) == 3 || (separator == "-" && len(parts[2]) != 4) {
		return time.Time{}, fmt.Errorf("%q is no date; it should read DD/MM/YY, DD/MM/YYYY or YYYY-MM-DD", text)
	}
	if len(parts[2]) == 2 {
		year += 1900
		if year < 1970 {
			year += 100
		}
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day || date.Month() != time.Month(month) {
		return time.Time{}, fmt.Errorf("the date %q does not exist", text)
	}
	return date, nil
}

// parseTime puts the British time of day text onto date, and gives it in UTC.
func parseTime(date time.Time, text string) (time.Time, error) {
	hours, minutes, _ := strings.Cut(text, ":")
	minutes, _, _ = strings.Cut(minutes, ":") // seconds don't matter
	hour, errHour := number(hours, 1, 2)
	minute, errMinute := number(minutes, 2, 2)
	if errHour != nil || errMinute != nil || hour > 23 || minute > 59 {
		return time.Time{}, fmt.Errorf("%q is no time of day; it should read HH:MM", text)
	}
	zone, err := londonZone()
	if err != nil {
		return time.Time{}, fmt.Errorf("the time zone Europe/London is not known here: %w", err)
	}
	return time.Date(date.Year(), date.Month(), date.Day(), hour, minute, 0, 0, zone).UTC(), nil
}

// number reads between least and most digits.
func number(text string, least, most int) (int, error) {
	if len(text) < least || len(text) > most || strings.Trim(text, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(text)
}
