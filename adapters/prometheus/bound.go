package prometheus

import (
	"cmp"
	"slices"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

// maxModels is how many models are shown of each competition: retraining makes
// new ones for ever, and each is a series.
const maxModels = 10

// newestModels keeps of each competition the models that were settled last.
func newestModels(all []publishing.Accuracy) []publishing.Accuracy {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b publishing.Accuracy) int {
		return cmp.Or(cmp.Compare(a.Competition, b.Competition), b.Newest.Compare(a.Newest), cmp.Compare(b.Model, a.Model))
	})
	kept := sorted[:0]
	shown := make(map[football.CompetitionCode]int)
	for _, a := range sorted {
		if shown[a.Competition]++; shown[a.Competition] <= maxModels {
			kept = append(kept, a)
		}
	}
	return kept
}
