package sealing

// Column is a column whose values are sealed, with the column that holds the
// row's part of their [Place].
type Column struct{ Table, Column, Row string }

// Columns are all sealed columns. A test compares them with the database.
var Columns = []Column{
	{"users", "email", "id"},
	{"users", "name", "id"},
	{"second_factors", "secret", "user_id"},
	{"audit_events", "personal", "id"},
	{"idempotency_keys", "body", "id"},
}
