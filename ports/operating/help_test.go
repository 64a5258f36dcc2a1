package operating_test

import (
	"errors"

	"github.com/football-prediction/football-prediction/domain"
)

// codeOf is the code of a domain error, empty for none.
func codeOf(err error) string {
	var known *domain.Error
	if errors.As(err, &known) {
		return known.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
