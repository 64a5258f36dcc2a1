// Package sealing encrypts what only its owner should read, column by column.
package sealing

// Place is where a sealed value is kept. It is bound to the value, so that a
// value copied to another row, column or tenant cannot be opened.
type Place struct{ TenantID, Table, Column, Row string }

// Sealer encrypts and decrypts. It is safe for use by many at once.
type Sealer interface {
	// Seal encrypts plain for its place with the current key.
	Seal(at Place, plain []byte) ([]byte, error)
	// Open decrypts what was sealed at this place with any key still known.
	Open(at Place, sealed []byte) ([]byte, error)
	// Index is a keyed hash of plain, the same for the same tenant, table,
	// column and text, to look sealed values up by. Place.Row is not part of it.
	Index(at Place, plain []byte) []byte
}
