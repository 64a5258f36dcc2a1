package operation

import (
	"fmt"
	"maps"
	"slices"
)

// Compare tells how what came out of a backup differs from what went in, in
// words for an operator. It is empty when nothing differs.
func Compare(in, out Inventory) []string {
	faults := compareSets(in.Sets, out.Sets)
	faults = append(faults, compareObjects(in.Objects, out.Objects)...)
	restored := make(map[string]int64)
	for _, c := range out.Counters {
		restored[c.Name] = c.Value
	}
	for _, c := range in.Counters {
		value, ok := restored[c.Name]
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("sequence %s is missing", c.Name))
		case value < c.Value:
			faults = append(faults, fmt.Sprintf("sequence %s stands at %d and stood at %d: it would hand out numbers again", c.Name, value, c.Value))
		}
	}
	for _, role := range in.Roles {
		if !slices.Contains(out.Roles, role) {
			faults = append(faults, fmt.Sprintf("role %s is missing on the server that it was restored on", role))
		}
	}
	return faults
}

func compareSets(in, out []Set) []string {
	restored := make(map[string]Set)
	for _, s := range out {
		restored[s.Name] = s
	}
	var faults []string
	for _, s := range in {
		got, ok := restored[s.Name]
		delete(restored, s.Name)
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("%s is missing, with %d rows", s.Name, s.Rows))
		case got.Rows != s.Rows:
			faults = append(faults, fmt.Sprintf("%s has %d rows and had %d", s.Name, got.Rows, s.Rows))
		case got.Hash != s.Hash:
			faults = append(faults, fmt.Sprintf("%s has its %d rows, but not with the contents that they had", s.Name, s.Rows))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(restored)) {
		faults = append(faults, name+" was not there before")
	}
	return faults
}

func compareObjects(in, out []Object) []string {
	type key struct{ kind, name string }
	restored := make(map[key]string)
	for _, o := range out {
		restored[key{o.Kind, o.Name}] = o.Definition
	}
	var faults []string
	for _, o := range in {
		at := key{o.Kind, o.Name}
		got, ok := restored[at]
		delete(restored, at)
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("%s %s is missing: %s", o.Kind, o.Name, o.Definition))
		case got != o.Definition:
			faults = append(faults, fmt.Sprintf("%s %s is %q and was %q", o.Kind, o.Name, got, o.Definition))
		}
	}
	var extra []string
	for at := range restored {
		extra = append(extra, fmt.Sprintf("%s %s was not there before", at.kind, at.name))
	}
	slices.Sort(extra)
	return append(faults, extra...)
}
