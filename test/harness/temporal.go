package harness

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// TemporalServer says where a test finds Temporal.
type TemporalServer struct {
	Address   string // for clients and workers
	Namespace string // the test's own, with the search attributes of the system
	HTTPURL   string // the server's HTTP API
	CLI       string // path of Temporal's command line
}

// Temporal returns a fresh namespace of a Temporal server.
func Temporal(t testing.TB) TemporalServer {
	t.Helper()
	server := shared.server(t, func(ctx context.Context, dir string, s *Servers) (devserver.Unit, error) {
		return s.StartTemporal(ctx, dir)
	})
	name := "test-" + strings.ToLower(rand.Text())
	if err := makeNamespace(within(t), server.TemporalAddr, name); err != nil {
		t.Fatal("harness: make a Temporal namespace:", err)
	}
	return TemporalServer{Address: server.TemporalAddr, Namespace: name, HTTPURL: server.TemporalHTTP, CLI: server.TemporalCLI}
}

// PrivateTemporal returns the namespace default of a server that the test may
// stop, kill and start again.
func PrivateTemporal(t testing.TB) (TemporalServer, *devserver.Temporal) {
	t.Helper()
	s, err := devserver.StartTemporal(within(t), devserver.TemporalOptions{Dir: privateDir(t, "temporal"), Headless: true})
	if err != nil {
		t.Fatal("harness:", err)
	}
	stopAtEnd(t, s)
	return TemporalServer{Address: s.Address(), Namespace: "default", HTTPURL: s.HTTPURL(), CLI: s.CLI()}, s
}

func makeNamespace(ctx context.Context, address, name string) error {
	c, err := client.DialContext(ctx, client.Options{HostPort: address, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		return err
	}
	attributes := map[string]enums.IndexedValueType{}
	for _, attribute := range devserver.SearchAttributes() {
		attributes[attribute] = enums.INDEXED_VALUE_TYPE_KEYWORD
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: name, SearchAttributes: attributes})
	return err
}
