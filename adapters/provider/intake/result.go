package intake

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/football-prediction/football-prediction/domain/football"
)

// Goals reads a number of goals or of a count. Exports of data frames write
// whole numbers as "2.0", which is taken too.
func Goals(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), ".0"))
	if err != nil {
		return 0, fmt.Errorf("%q is no whole number", Cut(text))
	}
	return n, nil
}

// Halves checks a half-time score against the final one.
func Halves(half, full football.Score) error {
	if !half.Before(full) {
		return fmt.Errorf("the half-time score %s exceeds the final score %s", half, full)
	}
	return nil
}
