// Package migrations carries the database's schema: what is written in these
// files is the schema, and nothing else changes it.
//
// A file holds one change, NNNN_verb_noun.up.sql, with its undoing beside it
// in .down.sql. PostgreSQL runs all statements of a file in one transaction.
package migrations

import "embed"

// FS holds the migrations.
//
//go:embed *.sql
var FS embed.FS
