package metering

import "time"

// Recorded is what a store knows of a span, and of today.
type Recorded struct {
	Sequence int64 // of the last batch of the process that is counted in
	Hour     int64 // calls in the running hour
	Today    int   // predictions leased today
	Days     map[time.Time]Day
}

// add counts in the batches that are not among what was read.
func (r *Recorded) add(batches []Batch, hour time.Time) {
	if r.Days == nil {
		r.Days = make(map[time.Time]Day)
	}
	for _, b := range batches {
		if b.Sequence <= r.Sequence {
			continue
		}
		for e, n := range b.Amounts {
			r.count(e, n, hour)
		}
	}
}

// giveBack counts out what is leased of today and not used.
func (r *Recorded) giveBack(held int64, today time.Time) {
	r.Today = max(0, r.Today-int(held))
	if d, ok := r.Days[today]; ok {
		d.Predictions = max(0, d.Predictions-held)
		r.Days[today] = d
	}
}

func (r *Recorded) count(e Entry, n int64, hour time.Time) {
	d := r.Days[dayOf(e.Hour)]
	switch e.Kind {
	case APICalls:
		d.APICalls += n
		if e.Hour.Equal(hour) {
			r.Hour += n
		}
	case Refused:
		d.Refused += n
	}
	r.Days[dayOf(e.Hour)] = d
}

func (r *Recorded) days(from, to time.Time) []Day {
	var all []Day
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		d := r.Days[day]
		d.Date = day
		all = append(all, d)
	}
	return all
}
