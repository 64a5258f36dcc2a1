package rest

import (
	"context"
	"net/http"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
)

const tagOperations = "operations"

// operationsPath is where operations are.
const operationsPath = "/operations"

func registerOperations(r routes, d *operating.Dispatcher, c Config) {
	wire := operationsWire{ui: c.TemporalUI, namespace: c.TemporalNamespace}
	missing := []int{http.StatusNotFound}
	decided := []int{http.StatusNotFound, http.StatusConflict}
	for _, k := range c.Kinds {
		if register, ok := starters[k.Name]; ok {
			register(r, k, d, wire)
		}
	}
	read(r, operation{
		ID: "list-operations", Path: operationsPath, Tag: tagOperations, Needs: identity.RunOperations,
		Summary: "List operations",
		Description: "What runs or has run, the newest first: asked for here, or started by a schedule, another run or Temporal's own interface. " +
			"While Temporal is away it tells what was last seen, with live false.",
	}, listOperations(d, wire))
	read(r, operation{
		ID: "get-operation", Path: operationsPath + "/{id}", Tag: tagOperations, Needs: identity.RunOperations, Errors: missing,
		Summary: "Get an operation", Description: "One operation with its progress, what it waits for, and where its history is.",
	}, getOperation(d, wire))
	change(r, operation{
		ID: "approve-operation", Path: operationsPath + "/{id}/approve", Tag: tagOperations, Needs: identity.RunOperations, Errors: decided,
		Summary: "Approve what an operation waits for",
		Description: "Says yes in the name of the caller, who must be a person and not the one who asked for the operation: two people stand behind each. " +
			"When nobody knows who asked, two others must approve.",
	}, approveOperation(d, wire))
	change(r, operation{
		ID: "abort-operation", Path: operationsPath + "/{id}/abort", Tag: tagOperations, Needs: identity.RunOperations, Errors: decided,
		Summary: "Abort an operation", Description: "Asks the run to stop and answers once it has taken notice. What it has kept stays kept.",
	}, abortOperation(d, wire))
}

type listOperationsInput struct {
	Paging
	Kind   string `query:"kind" maxLength:"40" example:"ingestions" doc:"Only operations of this kind."`
	Status string `query:"status" enum:"requested,running,completed,failed,aborted,canceled,terminated,timed_out,not_started" doc:"Only operations that stood so when they were last seen."`
}

func listOperations(d *operating.Dispatcher, w operationsWire) func(context.Context, *listOperationsInput) (*listOutput[operationJSON], error) {
	at := func(o operating.Operation) catalogue.Position {
		return catalogue.Position{Time: o.RequestedAt, ID: o.ID}
	}
	return func(ctx context.Context, in *listOperationsInput) (*listOutput[operationJSON], error) {
		found, err := d.List(ctx, operating.Filter{Kind: in.Kind, Status: operating.Status(in.Status)}, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, w.of), nil
	}
}

type operationInput struct {
	ID idParam `path:"id" doc:"The operation's id."`
}

type operationOutput struct{ Body operationJSON }

func getOperation(d *operating.Dispatcher, w operationsWire) func(context.Context, *operationInput) (*operationOutput, error) {
	return func(ctx context.Context, in *operationInput) (*operationOutput, error) {
		return w.one(d.Get(ctx, in.ID.text))
	}
}

func approveOperation(d *operating.Dispatcher, w operationsWire) func(context.Context, *operationInput) (*operationOutput, error) {
	return func(ctx context.Context, in *operationInput) (*operationOutput, error) {
		return w.one(d.Approve(ctx, in.ID.text))
	}
}

type abortOperationInput struct {
	ID   idParam `path:"id" doc:"The operation's id."`
	Body decisionJSON
}

func abortOperation(d *operating.Dispatcher, w operationsWire) func(context.Context, *abortOperationInput) (*operationOutput, error) {
	return func(ctx context.Context, in *abortOperationInput) (*operationOutput, error) {
		return w.one(d.Abort(ctx, in.ID.text, in.Body.Reason))
	}
}
