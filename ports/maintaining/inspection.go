package maintaining

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// ErrNoStatements means that the server keeps no statistics of statements. Its
// detail says why and what to do.
var ErrNoStatements = &domain.Error{Kind: domain.Conflict, Code: "maintenance.no_statements"}

// Inspection looks at the database without touching it, with the rights of any
// service.
type Inspection interface {
	Database(ctx context.Context) (Database, error)
	// Tables returns our tables, the largest first.
	Tables(ctx context.Context) ([]Table, error)
	// Indexes returns the B-trees of our tables, the largest first.
	Indexes(ctx context.Context) ([]operation.Index, error)
	// Statements returns the statements of this database that took the most
	// time, at most limit, and their total; or [ErrNoStatements].
	Statements(ctx context.Context, limit int) ([]Statement, Statement, error)
	// Holdings returns the megabytes that tenants hold by slug, as last measured.
	Holdings(ctx context.Context) (map[string]float64, error)
}

// Table is how a table stands.
type Table struct {
	Name       string
	Bytes      int64 // with indexes and what is stored aside
	IndexBytes int64
	Live, Dead int64
	Changed    int64 // rows changed since it was analysed
	Vacuumed   time.Time
	Analysed   time.Time
}

// Statement is a query with its parameters taken out, and what it took.
type Statement struct {
	Text        string
	Calls       int64
	Total, Mean float64 // seconds
	Rows        int64
	HitShare    float64 // of blocks that were in memory
}

// Surgery works on tables and indexes. It needs their owner's rights, and takes
// no lock that reading or writing waits for.
type Surgery interface {
	// Alone runs use while no other surgery goes on, or returns [ErrBusy].
	Alone(ctx context.Context, use func(context.Context, Surgeon) error) error
}

// ErrBusy means that another surgery goes on. It passes.
var ErrBusy = &domain.Error{Kind: domain.Unavailable, Code: "maintenance.busy", Detail: "another run works on the tables and indexes"}

// ErrInTheWay means that a transaction or a lock of others did not end in the
// time that surgery waits.
var ErrInTheWay = &domain.Error{Kind: domain.Unavailable, Code: "maintenance.in_the_way", Detail: "an open transaction was in the way for too long"}

// Surgeon does one thing at a time.
type Surgeon interface {
	// LeftOver names the invalid indexes that no build is working on and that
	// can be dropped.
	LeftOver(ctx context.Context) ([]string, error)
	// Drop drops an index while everybody goes on. One that is gone is no error.
	Drop(ctx context.Context, index string) error
	// Rebuild builds an index anew while everybody goes on and leaves nothing
	// behind when it fails. It returns the bytes that the index takes then.
	Rebuild(ctx context.Context, index string) (int64, error)
	// Vacuum vacuums and analyses a table while everybody goes on.
	Vacuum(ctx context.Context, table string) error
}
