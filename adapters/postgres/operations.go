package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
)

var _ operating.Store = (*Operations)(nil)

// Operations is the table of what operators asked for.
type Operations struct{ db *bun.DB }

// NewOperations returns the table in db.
func NewOperations(db *bun.DB) *Operations { return &Operations{db: db} }

type operationRow struct {
	bun.BaseModel `bun:"table:operations,alias:o"`

	ID          string `bun:",pk"`
	Kind        string
	Workflow    string
	WorkflowID  string
	RunID       string
	LatestRunID string
	Input       json.RawMessage `bun:"type:jsonb"`
	Reason      string
	RequestedBy string
	Person      string
	RequestedAt time.Time
	Status      operating.Status
	SeenAt      time.Time
	StartedAt   sql.NullTime
	EndedAt     sql.NullTime
	Outcome     string
	Result      json.RawMessage `bun:"type:jsonb,nullzero"`
}

// Open implements [operating.Store]. Of many at once, one opens.
func (s *Operations) Open(ctx context.Context, o operating.Operation) (kept operating.Operation, opened bool, err error) {
	row := toOperationRow(o)
	db := joined(ctx, s.db)
	for {
		done, err := db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return kept, false, fmt.Errorf("insert operation: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return o, n == 1, err
		}
		var found operationRow
		err = db.NewSelect().Model(&found).Where("workflow_id = ?", o.WorkflowID).
			Where("ended_at IS NULL OR run_id = ? AND run_id <> ''", o.RunID).OrderExpr("ended_at IS NULL").Limit(1).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			continue // it ended in between
		}
		if err != nil {
			return kept, false, fmt.Errorf("select operation under way: %w", err)
		}
		return fromOperationRow(found), false, nil
	}
}

// Get implements [operating.Store].
func (s *Operations) Get(ctx context.Context, id string) (operating.Operation, error) {
	all, err := s.selected(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id::text = ?", id) })
	if err != nil {
		return operating.Operation{}, err
	}
	if len(all) == 0 {
		return operating.Operation{}, operating.ErrUnknown
	}
	return all[0], nil
}

// List implements [operating.Store].
func (s *Operations) List(ctx context.Context, f operating.Filter, p catalogue.Page) ([]operating.Operation, error) {
	return s.selected(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		if f.Kind != "" {
			q = q.Where("kind = ?", f.Kind)
		}
		if f.Status != "" {
			q = q.Where("status = ?", f.Status)
		}
		if p.After != nil {
			q = q.Where("(requested_at, id) < (?, ?)", p.After.Time, p.After.ID)
		}
		return q.OrderExpr("requested_at DESC, id DESC").Limit(int64(p.Limit))
	})
}

// Unended implements [operating.Store].
func (s *Operations) Unended(ctx context.Context, limit int) ([]operating.Operation, error) {
	return s.selected(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("ended_at IS NULL").OrderExpr("requested_at, id").Limit(int64(limit))
	})
}

// selected are the operations of a query with their approvals.
func (s *Operations) selected(ctx context.Context, which func(*bun.SelectQuery) *bun.SelectQuery) ([]operating.Operation, error) {
	var rows []operationRow
	if err := which(joined(ctx, s.db).NewSelect().Model(&rows)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("select operations: %w", err)
	}
	all, ids := make([]operating.Operation, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		all[i], ids[i] = fromOperationRow(r), r.ID
	}
	approved, err := approvalsOf(ctx, joined(ctx, s.db), ids)
	for i := range all {
		all[i].Approvals = approved[all[i].ID]
	}
	return all, err
}

// See implements [operating.Store].
func (s *Operations) See(ctx context.Context, id string, seen operating.Sight, at time.Time) error {
	var result any
	if len(seen.Result) > 0 {
		result = string(seen.Result)
	}
	_, err := joined(ctx, s.db).NewUpdate().Model((*operationRow)(nil)).
		Set("run_id = CASE WHEN ? = '' THEN run_id ELSE ? END", seen.RunID, seen.RunID).
		Set("latest_run_id = CASE WHEN ? = '' THEN latest_run_id ELSE ? END", seen.LatestRun, seen.LatestRun).
		Set("status = ?, seen_at = ?, started_at = ?, ended_at = ?", seen.Status, at, nullTime(seen.StartedAt), nullTime(seen.EndedAt)).
		Set("outcome = ?, result = ?::jsonb", seen.Outcome, result).
		Where("id = ? AND ended_at IS NULL", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update operation: %w", err)
	}
	return nil
}

// Known implements [operating.Store].
func (s *Operations) Known(ctx context.Context, runIDs []string) (map[string]bool, error) {
	known := make(map[string]bool)
	if len(runIDs) == 0 {
		return known, nil
	}
	var rows []operationRow
	err := s.db.NewSelect().Model(&rows).Column("run_id", "latest_run_id").
		Where("run_id IN ? OR latest_run_id IN ?", bun.Tuple(runIDs), bun.Tuple(runIDs)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("select known runs: %w", err)
	}
	for _, r := range rows {
		known[r.RunID], known[r.LatestRunID] = true, true
	}
	return known, nil
}

func toOperationRow(o operating.Operation) operationRow {
	return operationRow{
		ID: o.ID, Kind: o.Kind, Workflow: o.Workflow, WorkflowID: o.WorkflowID, RunID: o.RunID, LatestRunID: o.Seen.LatestRun,
		Input: o.Input, Reason: o.Reason, RequestedBy: o.RequestedBy, Person: o.Person, RequestedAt: o.RequestedAt,
		Status: o.Seen.Status, SeenAt: o.SeenAt, StartedAt: nullTime(o.Seen.StartedAt), EndedAt: nullTime(o.Seen.EndedAt),
		Outcome: o.Seen.Outcome, Result: o.Seen.Result,
	}
}

func fromOperationRow(r operationRow) operating.Operation {
	return operating.Operation{
		ID: r.ID, Kind: r.Kind, Workflow: r.Workflow, WorkflowID: r.WorkflowID, RunID: r.RunID, Input: r.Input, Reason: r.Reason,
		RequestedBy: r.RequestedBy, Person: r.Person, RequestedAt: r.RequestedAt.UTC(), SeenAt: r.SeenAt.UTC(),
		Seen: operating.Sight{
			RunID: r.RunID, LatestRun: r.LatestRunID, Status: r.Status, StartedAt: utc(r.StartedAt), EndedAt: utc(r.EndedAt),
			Outcome: r.Outcome, Result: r.Result,
		},
	}
}

// utc is t, zero when it is NULL.
func utc(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}
