package rest

import (
	"bytes"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/domain"
)

// IfMatch is the part of an input that changes something only if it still is
// as the caller knows it. It is exported because Huma sees no fields of an
// unexported embedded type.
type IfMatch struct {
	Tag string `header:"If-Match" maxLength:"1000" example:"\"pX8bBq3R0Zc1VQmJ7t2uSw\"" doc:"The ETag of the resource as the caller knows it; 412 when it has changed since. Left out, nothing is compared."`
}

// errChanged is about a precondition that does not hold (RFC 9110, 13.1.1).
var errChanged = &domain.Error{Kind: domain.Stale, Code: "request.precondition", Detail: "the resource is not as If-Match says; read it again"}

// guard returns what refuses a change of a value that is not as m says, by the
// entity tag of what reading it would answer. It is nil when m says nothing.
func guard[T, W any](m IfMatch, to func(T) W) func(T) error {
	if m.Tag == "" {
		return nil
	}
	return func(value T) error {
		var body bytes.Buffer
		if err := huma.DefaultJSONFormat.Marshal(&body, to(value)); err != nil {
			return err
		}
		tag := entityTag(body.Bytes())
		for one := range strings.SplitSeq(m.Tag, ",") {
			// The comparison is the strong one: a weak tag matches nothing.
			if one = strings.TrimSpace(one); one == "*" || one == tag {
				return nil
			}
		}
		return errChanged
	}
}
