package rest

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// exampler makes examples of whole bodies out of those of their properties.
type exampler struct{ schemas huma.Registry }

// answer is an example of what is told: what is always there, as what may be
// there depends on the rest.
func (e exampler) answer(s *huma.Schema) any { return e.of(s, false) }

// request is an example of what may be sent, complete.
func (e exampler) request(s *huma.Schema) any { return e.of(s, true) }

func (e exampler) of(s *huma.Schema, whole bool) any {
	for s != nil && s.Ref != "" {
		s = e.schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case s == nil:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		out := make(map[string]any, len(s.Properties))
		for name, property := range s.Properties {
			if whole || slices.Contains(s.Required, name) {
				out[name] = e.of(property, whole)
			}
		}
		return out
	case huma.TypeArray:
		return []any{e.of(s.Items, whole)}
	case huma.TypeBoolean:
		return false
	}
	return nil
}
