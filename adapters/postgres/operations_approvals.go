package postgres

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/operating"
)

var _ operating.Approvals = (*Approvals)(nil)

// Approvals is the table of approvals that were used.
type Approvals struct{ db *bun.DB }

// NewApprovals returns the table in db.
func NewApprovals(db *bun.DB) *Approvals { return &Approvals{db: db} }

type approvalRow struct {
	bun.BaseModel `bun:"table:operation_approvals,alias:a"`

	Nonce       string `bun:",pk"`
	OperationID string
	Step        string
	Actor       string
	At          time.Time
	Signature   []byte
}

// Use implements [operating.Approvals]. Whoever races us is found by the unique
// keys.
func (s *Approvals) Use(ctx context.Context, a operation.Approval) (fresh bool, err error) {
	db := joined(ctx, s.db)
	row := approvalRow{Nonce: a.Nonce, OperationID: a.Operation, Step: a.Step, Actor: a.Actor, At: a.At, Signature: a.Signature}
	done, err := db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert approval: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return n == 1, err
	}
	var used []approvalRow
	if err := db.NewSelect().Model(&used).Where("nonce = ?", a.Nonce).Scan(ctx); err != nil {
		return false, fmt.Errorf("select approval: %w", err)
	}
	switch {
	case len(used) == 0:
		return false, operation.ErrTwice
	case used[0].OperationID != a.Operation || used[0].Step != a.Step || !bytes.Equal(used[0].Signature, a.Signature):
		return false, operation.ErrUsed
	}
	return false, nil
}

// Approvers implements [operating.Approvals].
func (s *Approvals) Approvers(ctx context.Context, operationID, step string) ([]string, error) {
	all, err := approvalsOf(ctx, joined(ctx, s.db), []string{operationID})
	if err != nil {
		return nil, err
	}
	var who []string
	for _, a := range all[operationID] {
		if a.Step == step {
			who = append(who, a.Actor)
		}
	}
	return who, nil
}

// approvalsOf are the approvals of operations by id, the oldest first.
func approvalsOf(ctx context.Context, db bun.IDB, ids []string) (map[string][]operating.Approved, error) {
	all := make(map[string][]operating.Approved)
	if len(ids) == 0 {
		return all, nil
	}
	var rows []approvalRow
	if err := db.NewSelect().Model(&rows).Where("operation_id IN ?", bun.Tuple(ids)).OrderExpr("at, nonce").Scan(ctx); err != nil {
		return nil, fmt.Errorf("select approvals: %w", err)
	}
	for _, r := range rows {
		all[r.OperationID] = append(all[r.OperationID], operating.Approved{Actor: r.Actor, Step: r.Step, At: r.At.UTC()})
	}
	return all, nil
}
