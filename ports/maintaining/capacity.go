package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

const (
	// history is how far back a trend looks.
	history = 180 * 24 * time.Hour
	// ahead is how far it is drawn.
	ahead = 90 * 24 * time.Hour
	// soon is when a limit is near enough to act.
	soon = 60 * 24 * time.Hour
	// drawn is how many tables and tenants get a picture.
	drawn = 4
)

// capacity draws how sizes have grown and says when there is no room left.
func (m *Maintainer) capacity(ctx context.Context, s *session) error {
	state, err := m.Machine.Look(ctx)
	if err != nil {
		return fmt.Errorf("look at the machine: %w", err)
	}
	var rows [][]string
	for _, d := range state.Disks {
		row, err := m.disk(ctx, s, state, d)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	s.list("When disks are full", "Where|Used|Grows a day|Full on|At the earliest", rows)
	if err := m.grow(ctx, s, "The database", sampleDatabase, "", operation.Bytes); err != nil {
		return err
	}
	for _, k := range []struct {
		sample, title string
		unit          operation.Unit
	}{
		{sampleTable, "Table ", operation.Bytes}, {sampleRows, "Rows of ", operation.Count}, {sampleTenant, "Megabytes of tenant ", operation.Count},
	} {
		subjects, err := m.Samples.Subjects(ctx, k.sample, s.at.Add(-history), drawn)
		if err != nil {
			return fmt.Errorf("find what grows: %w", err)
		}
		for _, subject := range subjects {
			if err := m.grow(ctx, s, k.title+subject, k.sample, subject, k.unit); err != nil {
				return err
			}
		}
	}
	s.say("%s drawn; %s.", many(len(s.result.Charts), "curve", "curves"), m.fullest(rows))
	if len(s.result.Charts) == 0 {
		s.skip("The daily step sizes measures; a trend takes five days of it.", "Nothing was measured yet, so there is nothing to forecast.")
	}
	return nil
}

// disk forecasts one disk of the worker's machine.
func (m *Maintainer) disk(ctx context.Context, s *session, state State, d Disk) ([]string, error) {
	points, err := m.Samples.Since(ctx, sampleDisk, diskSubject(state, d), s.at.Add(-history))
	if err != nil {
		return nil, fmt.Errorf("read sizes of %s: %w", d.Path, err)
	}
	chart := operation.Chart{
		Title: "Disk " + d.Path + " of " + state.Host, Unit: operation.Bytes, Points: points, Limit: float64(d.Total), Until: s.at.Add(ahead), Careful: true,
	}
	chart.Fit()
	row := []string{d.Path, percent(d.Used()), "not known yet", "", ""}
	if len(points) > 1 {
		s.result.Charts = append(s.result.Charts, chart)
	}
	if chart.Trend == nil {
		return row, nil
	}
	line, earliest := chart.Trend.Reaches(chart.Limit, s.at)
	row[2], row[3], row[4] = size(max(0, chart.Trend.Slope)), day(line), day(earliest)
	if !earliest.IsZero() && earliest.Sub(s.at) < soon {
		s.warn("Give it a larger disk, or see the monthly step tables for what takes the room.", "The disk %s of %s may be full on %s.", d.Path, state.Host, day(earliest))
	}
	return row, nil
}

// grow draws one curve and says where it leads.
func (m *Maintainer) grow(ctx context.Context, s *session, title, sample, subject string, unit operation.Unit) error {
	points, err := m.Samples.Since(ctx, sample, subject, s.at.Add(-history))
	if err != nil {
		return fmt.Errorf("read sizes of %s: %w", title, err)
	}
	if len(points) < 2 {
		return nil
	}
	chart := operation.Chart{Title: title, Unit: unit, Points: points, Until: s.at.Add(ahead), Careful: true}
	chart.Fit()
	s.result.Charts = append(s.result.Charts, chart)
	if chart.Trend != nil && subject == "" {
		for _, in := range []time.Duration{30 * 24 * time.Hour, ahead, 365 * 24 * time.Hour} {
			s.figure(fmt.Sprintf("%s in %d days", title, int(in.Hours()/24)), max(0, chart.Trend.At(s.at.Add(in))), unit)
		}
	}
	return nil
}

func (m *Maintainer) fullest(rows [][]string) string {
	for _, row := range rows {
		if row[3] != "" && row[3] != farOff {
			return "the disk " + row[0] + " will be full on " + row[3]
		}
	}
	return "no disk of this machine is foreseen to be full"
}

// farOff stands for more than ten years.
const farOff = "not in ten years"

func day(t time.Time) string {
	if t.IsZero() {
		return farOff
	}
	return t.UTC().Format(time.DateOnly)
}
