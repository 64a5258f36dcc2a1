package caching

import "encoding/json"

// Codec writes answers for the shared store. Whoever changes what is written
// counts up [Policy.Version].
type Codec[V any] struct {
	Encode func(V) ([]byte, error)
	Decode func([]byte) (V, error)
}

// JSON writes answers whose fields are all exported.
func JSON[V any]() Codec[V] {
	return Codec[V]{
		Encode: func(v V) ([]byte, error) { return json.Marshal(v) },
		Decode: func(text []byte) (v V, err error) { return v, json.Unmarshal(text, &v) },
	}
}
