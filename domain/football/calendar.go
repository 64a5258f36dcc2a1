package football

import (
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Calendar tells what day it is in football. It is the real time unless the
// system shows the world as it was known on an earlier day; then it stands at
// the end of that day, while clocks for leases and credentials run on.
type Calendar func() time.Time

// Today is the Calendar that follows now.
func Today(now domain.Clock) Calendar { return Calendar(now) }

// AsOf is the Calendar that stands at the end of day: results of that day are
// known, matches of the next are fixtures.
func AsOf(day time.Time) Calendar {
	end := day.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
	return func() time.Time { return end }
}
