package rest

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
)

// away reports whether err says that a dependency could not be reached or is
// just going, rather than that it was asked something wrong.
func away(err error) bool {
	var network net.Error
	if errors.As(err, &network) {
		return true
	}
	for _, gone := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, gone) {
			return true
		}
	}
	var state interface{ SQLState() string }
	return errors.As(err, &state) && awayState(state.SQLState())
}

// awayState knows the SQLSTATE classes of lost connections (08), exhausted
// resources (53) and operators' interventions (57P: stopping, starting up).
func awayState(state string) bool {
	return strings.HasPrefix(state, "08") || strings.HasPrefix(state, "53") || strings.HasPrefix(state, "57P")
}
