package exporting

import "slices"

// What becomes of the columns that are not exported as they stand. The rule for
// columns of bytes is closed: one that is named nowhere here is left out. A
// test asks of each column of the database that it is decided on.
var (
	// Opened are sealed columns that are exported as their owner knows them.
	Opened = []string{"users.email", "users.name", "audit_events.personal"}

	// Plain are columns of bytes that say what the tenant can check itself: the
	// hashes and signatures of its audit chain.
	Plain = []string{
		"audit_events.commitment", "audit_events.sum", "audit_events.salt", "audit_heads.sum", "audit_heads.signature",
		"audit_prunings.sum", "audit_prunings.archive", "audit_prunings.signature",
	}

	// LeftOut are secrets and what could stand in for one: whoever holds an
	// archive must not get in by it, here or where the same password is used.
	// Keyed hashes say nothing without the key, and answers that are kept for
	// repeated requests hold API keys as they were shown, once.
	LeftOut = []string{
		"users.password", "users.email_index", "api_keys.hash", "second_factors.secret", "recovery_codes.hash",
		"sign_in_attempts.account", "sign_in_attempts.network", "known_networks.account", "known_networks.network",
		"idempotency_keys.id", "idempotency_keys.request", "idempotency_keys.body",
		"security_findings.subject",
	}
)

// leftOut are the columns of a table that are not exported, in order.
func leftOut(table string, bytes []string) (out []string) {
	for _, column := range bytes {
		name := table + "." + column
		if !slices.Contains(Opened, name) && !slices.Contains(Plain, name) {
			out = append(out, column)
		}
	}
	for _, name := range LeftOut {
		column, ok := columnOf(table, name)
		if ok && !slices.Contains(out, column) {
			out = append(out, column)
		}
	}
	slices.Sort(out)
	return out
}

// columnOf is the column that name, such as users.email, is of a table.
func columnOf(table, name string) (column string, ok bool) {
	if len(name) > len(table)+1 && name[:len(table)+1] == table+"." {
		return name[len(table)+1:], true
	}
	return "", false
}
