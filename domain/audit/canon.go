package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"slices"
)

// canon hashes values so that no two sequences of values look the same: each
// carries its length as eight bytes, big-endian, and a list how many it has. It
// begins with a label that names what is hashed and the encoding's version.
type canon struct{ to hash.Hash }

func newCanon(label string) canon {
	c := canon{sha256.New()}
	c.text(label)
	return c
}

func (c canon) number(n int64) {
	_, _ = c.to.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

func (c canon) bytes(b []byte) {
	c.number(int64(len(b)))
	_, _ = c.to.Write(b) // a hash never fails
}

func (c canon) text(s string) { c.bytes([]byte(s)) }

func (c canon) pairs(m map[string]string) {
	c.number(int64(len(m)))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		c.text(key)
		c.text(m[key])
	}
}

func (c canon) sum() (s Sum) {
	c.to.Sum(s[:0])
	return s
}
