package operation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/operation"
)

var now = time.Date(2026, 3, 31, 3, 0, 0, 0, time.UTC)

func backup(id string, kind operation.Kind, status operation.Status, daysAgo int) operation.Backup {
	return operation.Backup{ID: id, Kind: kind, Status: status, TakenAt: now.AddDate(0, 0, -daysAgo)}
}

func TestExpired(t *testing.T) {
	const d, r, v, b = operation.Database, operation.Redis, operation.Verified, operation.Broken
	tests := map[string]struct {
		backups []operation.Backup
		want    []string
	}{
		"nothing": {},
		"the last verified one stays, however old":    {backups: []operation.Backup{backup("a", d, v, 400)}},
		"also when what came after cannot be trusted": {backups: []operation.Backup{backup("a", d, v, 400), backup("b", d, b, 20), backup("c", d, operation.Made, 9)}, want: []string{"b", "c"}},
		"an old one goes once a newer is verified":    {backups: []operation.Backup{backup("a", d, v, 31), backup("b", d, v, 1)}, want: []string{"a"}},
		"a young one stays":                           {backups: []operation.Backup{backup("a", d, v, 30), backup("b", d, v, 1)}},
		"another kind is no newer backup":             {backups: []operation.Backup{backup("a", d, v, 31), backup("b", r, v, 1)}},
		"each kind has its own time":                  {backups: []operation.Backup{backup("a", r, v, 8), backup("b", r, v, 1), backup("c", d, v, 8), backup("d", d, v, 1)}, want: []string{"a"}},
		"a broken one is kept for a week":             {backups: []operation.Backup{backup("a", d, b, 6), backup("b", d, v, 1), backup("c", d, b, 8)}, want: []string{"c"}},
		"without a verified one nothing goes":         {backups: []operation.Backup{backup("a", d, b, 60), backup("b", d, operation.Made, 50)}},
		"what has gone does not go again":             {backups: []operation.Backup{backup("a", d, operation.Deleted, 60), backup("b", d, v, 1)}},
		"order does not matter":                       {backups: []operation.Backup{backup("b", d, v, 1), backup("a", d, v, 31)}, want: []string{"a"}},
		"dates in the future are the newest":          {backups: []operation.Backup{backup("a", d, v, -2), backup("b", d, v, 40)}, want: []string{"b"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, b := range operation.Kept.Expired(test.backups, now) {
				got = append(got, b.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
