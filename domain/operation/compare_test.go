package operation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/operation"
)

func whole() operation.Inventory {
	return operation.Inventory{
		Sets:     []operation.Set{{Name: "public.a", Rows: 3, Hash: "1"}, {Name: "public.b", Rows: 0, Hash: ""}},
		Objects:  []operation.Object{{Kind: "constraint", Name: "public.a.a_fk", Definition: "FOREIGN KEY (b) REFERENCES b"}},
		Counters: []operation.Counter{{Name: "public.s", Value: 7}},
		Roles:    []string{"football_app"},
	}
}

func TestCompareFindsEveryDifference(t *testing.T) {
	tests := map[string]struct {
		change func(*operation.Inventory)
		want   []string
	}{
		"none":                    {func(*operation.Inventory) {}, nil},
		"a row less":              {func(i *operation.Inventory) { i.Sets[0].Rows = 2 }, []string{"public.a has 2 rows and had 3"}},
		"a row changed":           {func(i *operation.Inventory) { i.Sets[0].Hash = "2" }, []string{"public.a has its 3 rows, but not with the contents that they had"}},
		"a table less":            {func(i *operation.Inventory) { i.Sets = i.Sets[1:] }, []string{"public.a is missing, with 3 rows"}},
		"a table more":            {func(i *operation.Inventory) { i.Sets = append(i.Sets, operation.Set{Name: "public.c"}) }, []string{"public.c was not there before"}},
		"a foreign key less":      {func(i *operation.Inventory) { i.Objects = nil }, []string{"constraint public.a.a_fk is missing: FOREIGN KEY (b) REFERENCES b"}},
		"a foreign key unchecked": {func(i *operation.Inventory) { i.Objects[0].Definition += " NOT VALID" }, []string{`constraint public.a.a_fk is "FOREIGN KEY (b) REFERENCES b NOT VALID" and was "FOREIGN KEY (b) REFERENCES b"`}},
		"an object more": {func(i *operation.Inventory) {
			i.Objects = append(i.Objects, operation.Object{Kind: "trigger", Name: "t"})
		}, []string{"trigger t was not there before"}},
		"a sequence ahead":  {func(i *operation.Inventory) { i.Counters[0].Value = 9 }, nil},
		"a sequence behind": {func(i *operation.Inventory) { i.Counters[0].Value = 6 }, []string{"sequence public.s stands at 6 and stood at 7: it would hand out numbers again"}},
		"a sequence less":   {func(i *operation.Inventory) { i.Counters = nil }, []string{"sequence public.s is missing"}},
		"a role less":       {func(i *operation.Inventory) { i.Roles = nil }, []string{"role football_app is missing on the server that it was restored on"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out := whole()
			test.change(&out)
			if diff := cmp.Diff(test.want, operation.Compare(whole(), out)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
