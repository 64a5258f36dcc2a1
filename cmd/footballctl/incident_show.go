package main

import (
	"fmt"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
)

func (p *program) showIncidents(all []operation.Incident) error {
	wire, rows := make([]incidentOutJSON, len(all)), make([][]string, len(all))
	for n, i := range all {
		wire[n] = toIncidentJSON(responding.Case{Incident: i})
		rows[n] = []string{string(i.Severity), i.Status(), i.OpenedAt.UTC().Format(time.RFC3339), i.ID, i.Title}
	}
	return p.print(wire, func(w io.Writer) {
		if len(rows) == 0 {
			fmt.Fprintln(w, "Nothing is wrong that anybody knows of.")
			return
		}
		table(w, "SEVERITY STATUS SINCE ID WHAT", rows)
	})
}

func (p *program) oneIncident(c responding.Case, err error) error {
	if err != nil {
		return err
	}
	return p.print(toIncidentJSON(c), func(w io.Writer) {
		i := c.Incident
		fmt.Fprintf(w, "%s %s: %s\n", i.Severity, i.Status(), i.Title)
		if i.Summary != "" {
			fmt.Fprintln(w, i.Summary)
		}
		if i.AcknowledgedBy != "" {
			fmt.Fprintf(w, "%s is on it.\n", i.AcknowledgedBy)
		}
		fmt.Fprintln(w)
		for _, s := range operation.IncidentSteps {
			mark := "[ ]"
			if i.Done(s.Name) {
				mark = p.paint(w, green, "[x]")
			}
			fmt.Fprintf(w, "%s %-8s %s (%s)\n", mark, s.Name, s.Title, s.Role)
		}
		fmt.Fprintln(w)
		rows := make([][]string, len(c.Timeline))
		for n, e := range c.Timeline {
			rows[n] = []string{e.At.UTC().Format(time.RFC3339), e.Kind, e.Actor, e.Text}
		}
		columns(w, rows)
	})
}
