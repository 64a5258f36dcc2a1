package temporal_test

import (
	"testing"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
)

// A namespace as an administrator makes it knows none of our search attributes.
func TestPrepareRegistersSearchAttributes(t *testing.T) {
	server := harness.Temporal(t)
	server.Namespace += "-bare"
	bare, c := server.Namespace, connect(t, server).client
	_, err := c.WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: bare, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := temporal.NewSchedules(c).Prepare(t.Context(), bare); err != nil {
			t.Fatal(err)
		}
	}
	known, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: bare})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range temporal.Keywords() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			t.Errorf("%s is not registered", name)
		}
	}
}
