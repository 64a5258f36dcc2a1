package exporting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// Exporter makes archives.
type Exporter struct {
	rows     Rows
	archives Archives
	sealer   sealing.Sealer
	now      domain.Clock
}

// NewExporter returns an Exporter.
func NewExporter(rows Rows, archives Archives, sealer sealing.Sealer, now domain.Clock) *Exporter {
	return &Exporter{rows: rows, archives: archives, sealer: sealer, now: now}
}

// Ready returns an error unless archives can be kept.
func (e *Exporter) Ready(ctx context.Context) error { return e.archives.Ready(ctx) }

// Export keeps an archive of all that t owns. An occasion has one archive: when
// the export is repeated, the one that is there is checked and returned. told
// hears of each table.
func (e *Exporter) Export(ctx context.Context, t tenancy.Tenant, occasion string, told func(table string, rows int)) (Archive, error) {
	// Not after the slug: the name stands in the audit chain, which outlives
	// the tenant.
	sum := sha256.Sum256([]byte(occasion))
	name := "tenant-" + t.ID + "-" + hex.EncodeToString(sum[:4])
	subject := Subject{TenantID: t.ID, Slug: t.Slug, Name: t.Name, At: e.now().UTC()}
	kept, err := e.archives.Keep(ctx, name, subject, func(w Writer) error {
		return e.rows.Each(ctx, t.ID, &copying{to: w, sealer: e.sealer, tenantID: t.ID, told: told})
	})
	if err != nil {
		return Archive{}, fmt.Errorf("export tenant %s: %w", t.Slug, err)
	}
	return kept, nil
}

// copying hands rows on as their owner may have them.
type copying struct {
	to       Writer
	sealer   sealing.Sealer
	tenantID string
	told     func(table string, rows int)

	table   string
	rows    int
	leftOut []string
	opened  []sealing.Column
}

// every is after how many rows of a table it is told again how many they are.
const every = 1_000

// Table implements [Sink].
func (c *copying) Table(name string, bytes []string) error {
	c.table, c.rows, c.leftOut, c.opened = name, 0, leftOut(name, bytes), nil
	for _, s := range sealing.Columns {
		if s.Table == name && slices.Contains(Opened, s.Table+"."+s.Column) {
			c.opened = append(c.opened, s)
		}
	}
	c.told(name, 0)
	return c.to.Page(name, c.leftOut)
}

// Row implements [Sink].
func (c *copying) Row(r Row) error {
	for _, s := range c.opened {
		if err := c.open(r, s); err != nil {
			return fmt.Errorf("open %s.%s: %w", s.Table, s.Column, err)
		}
	}
	for _, column := range c.leftOut {
		delete(r, column)
	}
	if c.rows++; c.rows%every == 0 {
		c.told(c.table, c.rows)
	}
	return c.to.Row(r)
}

// open puts what a column holds in the place of its sealed form. What was
// sealed as JSON stays JSON.
func (c *copying) open(r Row, s sealing.Column) error {
	sealed, err := bytesOf(r[s.Column])
	if err != nil || sealed == nil {
		return err
	}
	var row string
	if err := json.Unmarshal(r[s.Row], &row); err != nil {
		return fmt.Errorf("read the row's %s: %w", s.Row, err)
	}
	plain, err := c.sealer.Open(sealing.Place{TenantID: c.tenantID, Table: s.Table, Column: s.Column, Row: row}, sealed)
	if err != nil {
		return err
	}
	if s.Table == "audit_events" {
		r[s.Column] = plain
		return nil
	}
	r[s.Column], err = json.Marshal(string(plain))
	return err
}

// bytesOf reads bytes from their JSON; nil for null.
func bytesOf(value json.RawMessage) ([]byte, error) {
	var text *string
	if err := json.Unmarshal(value, &text); err != nil || text == nil {
		return nil, err
	}
	digits, ok := strings.CutPrefix(*text, `\x`)
	if !ok {
		return nil, fmt.Errorf("%q are no bytes", *text)
	}
	return hex.DecodeString(digits)
}
