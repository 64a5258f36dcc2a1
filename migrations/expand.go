package migrations

import (
	"fmt"
	"regexp"
	"strings"
)

// Released is the last migration that was there before a release had to live
// beside another. Those after it are read by [Faults].
const Released = "0020"

// PreviousRelease is the tag or commit of the release before this one. It goes on
// beside it, on its schema: test/previous runs its tests there.
const PreviousRelease = "cb1b34352f534e9444850a3e5cece9d71955a68a"

// A rule is a statement that an old release beside the new one, or a large table,
// does not bear.
type rule struct {
	is, unless *regexp.Regexp
	why        string
}

func pattern(text string) *regexp.Regexp { return regexp.MustCompile(`(?is)` + text) }

var rules = []rule{
	{pattern(`^CREATE\s+(UNIQUE\s+)?INDEX\b`), pattern(`\bCONCURRENTLY\b`), "stops writing while the index is built; say CONCURRENTLY, in a file of its own"},
	{pattern(`^DROP\s+INDEX\b`), pattern(`\bCONCURRENTLY\b`), "waits for everybody; say CONCURRENTLY, in a file of its own"},
	{pattern(`\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b`), nil, "rewrites the table; add a column, fill it in batches, change over a release later"},
	{pattern(`\bSET\s+NOT\s+NULL\b`), nil, "reads the whole table under a lock; add CHECK (… IS NOT NULL) NOT VALID, validate it, then say that it was"},
	{pattern(`\bADD\s+(CONSTRAINT\s+\S+\s+)?(CHECK|FOREIGN\s+KEY)\b`), pattern(`\bNOT\s+VALID\b`), "checks the whole table under a lock; say NOT VALID and VALIDATE CONSTRAINT in the next file"},
	{pattern(`\bADD\s+(CONSTRAINT\s+\S+\s+)?(UNIQUE|PRIMARY\s+KEY|EXCLUDE)\b`), pattern(`\bUSING\s+INDEX\b`), "builds an index under a lock; build it CONCURRENTLY and say USING INDEX"},
	{pattern(`\bADD\s+COLUMN\b.*\b(random|gen_random_uuid|uuid_generate_v\d|clock_timestamp|nextval)\s*\(`), nil, "rewrites the table, since the default differs by row; add the column without, and fill it in batches"},
	{pattern(`\bADD\s+COLUMN\b.*(\b(small|big)?serial\b|\bGENERATED\b)`), nil, "rewrites the table; add the column without, and fill it in batches"},
	{pattern(`\bADD\s+COLUMN\b.*\bNOT\s+NULL\b`), pattern(`\bDEFAULT\b`), "fails on a table with rows, and the old release inserts without it; give it a default"},
	{pattern(`\bDROP\s+(COLUMN|TABLE|VIEW|FUNCTION)\b`), nil, "breaks the old release, which still uses it; contract a release later"},
	{pattern(`\bRENAME\b`), nil, "breaks the old release, which knows the old name; add the new and contract a release later"},
	{pattern(`^(LOCK|CLUSTER|VACUUM|REFRESH)\b`), pattern(`\bCONCURRENTLY\b`), "locks others out"},
	{pattern(`^REINDEX\b`), pattern(`\bCONCURRENTLY\b`), "locks others out; say CONCURRENTLY"},
	{pattern(`^(UPDATE|DELETE)\b`), nil, "changes many rows in one transaction; do it in batches, outside of migrations"},
	{pattern(`^SET\b.*\block_timeout\b`), nil, "gives up the migrator's lock_timeout"},
}

var (
	made    = pattern(`^CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w.]+)`)
	touched = pattern(`^(?:ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?|CREATE\s+(?:UNIQUE\s+)?INDEX\s.*?\bON\s+(?:ONLY\s+)?|UPDATE\s+(?:ONLY\s+)?|DELETE\s+FROM\s+)([\w.]+)`)
	allowed = regexp.MustCompile(`(?m)^\s*-- allow: (.{10,})$`)
)

// Faults are the statements of a migration that expand by force: they rewrite or
// lock a table that may be large, or break the release before, which works on the
// new schema until it is drained. A table that the same file makes is nobody's yet.
// `-- allow: reason` above a statement lets it pass.
func Faults(sql string) (faults []string) {
	fresh := map[string]bool{}
	for _, s := range statements(sql) {
		if m := made.FindStringSubmatch(s.text); m != nil {
			fresh[m[1]] = true
		}
		if m := touched.FindStringSubmatch(s.text); s.allowed || m != nil && fresh[m[1]] {
			continue
		}
		for _, r := range rules {
			if r.is.MatchString(s.text) && (r.unless == nil || !r.unless.MatchString(s.text)) {
				faults = append(faults, fmt.Sprintf("line %d: %s: %s", s.line, firstWords(s.text), r.why))
			}
		}
	}
	return faults
}

type statement struct {
	text    string // without comments, and without what stands in quotes
	line    int
	allowed bool
}

// quoted is what has no meaning for us: comments, strings, and bodies of functions.
var quoted = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$\$.*?\$\$|\$body\$.*?\$body\$`)

func statements(sql string) (all []statement) {
	// What is blanked keeps its length and lines, so that places stay true.
	bare := quoted.ReplaceAllStringFunc(sql, func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, strings.ToValidUTF8(ascii(s), " "))
	})
	begin := 0
	for end := 0; end <= len(bare); end++ {
		if end < len(bare) && bare[end] != ';' {
			continue
		}
		text := strings.TrimSpace(bare[begin:end])
		if text != "" {
			first := begin + strings.Index(bare[begin:end], text[:1])
			all = append(all, statement{text: text, line: 1 + strings.Count(sql[:first], "\n"), allowed: allowed.MatchString(sql[begin:first])})
		}
		begin = end + 1
	}
	return all
}

// ascii has a byte where s has one, so that blanks take as much room.
func ascii(s string) string {
	out := []byte(s)
	for i, b := range out {
		if b > 127 {
			out[i] = ' '
		}
	}
	return string(out)
}

func firstWords(s string) string {
	words := strings.Fields(s)
	return strings.Join(words[:min(len(words), 6)], " ")
}
