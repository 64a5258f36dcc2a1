package operation

import "time"

// ManifestFormat is the version of manifests that this code writes.
const ManifestFormat = 1

// Manifest says what a backup consists of and what must come out of it.
type Manifest struct {
	Format    int
	ID        string
	Kind      Kind
	Engine    string
	TakenAt   time.Time
	Program   string // the version of this software
	Parts     []Part
	Inventory Inventory
}

// Part is one stored object.
type Part struct {
	Name   string // of the file that it holds, relative to the backup's folder
	Stored int64  // bytes as stored: compressed and encrypted
	Plain  int64  // bytes of the file
	// SHA256 is of the bytes as stored, in hexadecimal.
	SHA256 string
}

// Size is the sum of the stored bytes.
func (m Manifest) Size() int64 {
	var sum int64
	for _, p := range m.Parts {
		sum += p.Stored
	}
	return sum
}

// Plain is the sum of the bytes of the files.
func (m Manifest) Plain() int64 {
	var sum int64
	for _, p := range m.Parts {
		sum += p.Plain
	}
	return sum
}

// Inventory is what was there when a backup was taken, and must be there again
// when it is restored.
type Inventory struct {
	Server string // the version of what held the data
	// Sets are tables, numbered databases or folders, with their contents.
	Sets []Set
	// Objects are what is not contents: constraints, indexes, triggers,
	// policies, functions, grants.
	Objects []Object
	// Counters only go up, also while a backup is taken: a restored one must
	// not be lower.
	Counters []Counter
	Roles    []string // that must be there before restoring
}

// Set is a named collection whose order does not matter.
type Set struct {
	Name string
	Rows int64
	Hash string // of all rows, whatever their order
}

// Object is a definition.
type Object struct{ Kind, Name, Definition string }

// Counter is a sequence.
type Counter struct {
	Name  string
	Value int64
}

// Rows is the sum of all sets.
func (i Inventory) Rows() int64 {
	var sum int64
	for _, s := range i.Sets {
		sum += s.Rows
	}
	return sum
}
