package temporal_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// room is a namespace of one test, with a client.
type room struct {
	config temporal.Config
	client client.Client
	http   string
}

func newRoom(t *testing.T) room {
	t.Helper()
	return connect(t, harness.Temporal(t))
}

func connect(t *testing.T, server harness.TemporalServer) room {
	t.Helper()
	config := temporal.Config{Address: server.Address, Namespace: server.Namespace}
	c, err := temporal.Open(config, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return room{config: config, client: c, http: server.HTTPURL}
}

// tally counts the ends of runs.
type tally struct {
	mu   sync.Mutex
	ends map[string]int
}

func (o *tally) observe(workflow, outcome string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ends == nil {
		o.ends = map[string]int{}
	}
	o.ends[workflow+" "+outcome]++
}

func (o *tally) count(key string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ends[key]
}

// work serves a queue until the test is over.
func (r room) work(t *testing.T, o *tally, queue string, register func(worker.Registry)) *temporal.Workers {
	t.Helper()
	return r.workAs(t, "", o, queue, register)
}

// workAs does so as the workers of a release.
func (r room) workAs(t *testing.T, release string, o *tally, queue string, register func(worker.Registry)) *temporal.Workers {
	t.Helper()
	workers, err := temporal.NewWorkers(r.client, temporal.WorkerOptions{
		BuildID: "test", Release: release, Observe: o.observe, Logger: zap.NewNop(),
	}, []temporal.Assignment{{Queue: queue, Register: register}})
	if err != nil {
		t.Fatal(err)
	}
	workers.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := workers.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return workers
}
