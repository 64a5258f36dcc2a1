package operation

import "math"

// Index is a B-tree as the catalogue describes it.
type Index struct {
	Name, Table string
	Bytes       int64
	Entries     float64 // as last counted by vacuum or analyze; negative when never
	Keys        []Key
	// Best is the fewest bytes an entry that this index was ever seen to take,
	// 0 when it was not looked at before.
	Best float64

	Valid, Unique, Constraint bool
	Scans                     int64 // since statistics were reset
	Definition                string
}

// Key is a column of an index: its width in bytes, 0 when that varies and is
// not known, and its alignment.
type Key struct{ Width, Align int }

// The layout of a PostgreSQL B-tree page (src/include/access/nbtree.h and
// storage/bufpage.h): 8192 bytes, of which header and special space take 40,
// filled to 90 % when built; an entry takes a line pointer of 4 bytes and a
// header of 8 besides its keys, padded to 8. Inner pages add about one page in
// two hundred.
const (
	pageBytes  = 8192
	pageTaken  = 40
	pageFill   = 0.9
	entryTaken = 4 + 8
	innerPages = 1.005
)

// Expected is how many bytes the index would take if it were built now: what
// its keys make, or the best that was seen of it, whichever is less. It is 0
// when neither is known. Entries that share a key may be stored together, so
// the index may come out smaller than expected; never much larger.
func (i Index) Expected() float64 {
	if i.Entries < 0 {
		return 0
	}
	made, best := i.built(), i.Best*i.Entries
	switch {
	case made == 0:
		return best
	case best == 0:
		return made
	}
	return math.Min(made, best)
}

func (i Index) built() float64 {
	width := 0
	for _, k := range i.Keys {
		if k.Width == 0 {
			return 0
		}
		width = aligned(width, k.Align) + k.Width
	}
	entry := float64(entryTaken + aligned(width, 8))
	leaves := math.Ceil(i.Entries / math.Floor((pageBytes-pageTaken)*pageFill/entry))
	return pageBytes * (1 + leaves*innerPages) // one page describes the tree
}

func aligned(width, to int) int {
	if to < 2 {
		return width
	}
	return (width + to - 1) / to * to
}

// Waste is how many bytes rebuilding would give back, and which share of the
// index that is; false when it cannot be told.
func (i Index) Waste() (bytes, share float64, known bool) {
	expected := i.Expected()
	if expected == 0 || i.Bytes == 0 {
		return 0, 0, false
	}
	bytes = math.Max(0, float64(i.Bytes)-expected)
	return bytes, bytes / float64(i.Bytes), true
}

// What is worth rebuilding: an index of which more than 40 % and more than
// 8 MiB would be given back. Below, the work costs more than it brings, and a
// B-tree under random inserts settles at about 30 % by itself.
const (
	bloatedShare = 0.4
	bloatedBytes = 8 << 20
)

// Bloated reports whether rebuilding the index is worth it.
func (i Index) Bloated() bool {
	bytes, share, known := i.Waste()
	return known && i.Valid && share > bloatedShare && bytes > bloatedBytes
}
