//go:build prove

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// runner asks a server, over and over, with requests in turn.
type runner struct {
	address  string
	requests [][]byte
}

// lap is what one turn measured.
type lap struct {
	rate float64       // requests a second
	p99  time.Duration // of latency
	work time.Duration // of processors, for a request and the client's part in it
}

// request is one to be sent as it is. The client writes and reads bytes and
// does no more: what a client library takes would be counted on both sides and
// hide the difference.
func request(path, key string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: %s\r\nAccept: application/json\r\n\r\n", path, key)
}

// race lets each runner have its turn in each round.
func race(t *testing.T, runners map[string]runner) map[string][]lap {
	t.Helper()
	out := map[string][]lap{}
	for round := range speedRounds + 1 {
		for _, name := range sorted(runners) {
			one := runners[name].run(t)
			if round > 0 { // the first warms up
				out[name] = append(out[name], one)
			}
		}
	}
	return out
}

func (r runner) run(t *testing.T) lap {
	t.Helper()
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		took []time.Duration
	)
	began, worked := time.Now(), processorTime()
	for c := range speedConnections {
		wait.Go(func() {
			own, err := r.connection(c)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			took = append(took, own...)
			mu.Unlock()
		})
	}
	wait.Wait()
	whole, work := time.Since(began), processorTime()-worked
	if len(took) == 0 {
		t.FailNow()
	}
	slices.Sort(took)
	return lap{rate: float64(len(took)) / whole.Seconds(), p99: took[len(took)*99/100], work: work / time.Duration(len(took))}
}

// processorTime is how long this process has been on a processor.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// connection sends its share of the requests, each after the answer to the last.
func (r runner) connection(offset int) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	in, took := bufio.NewReaderSize(conn, 64<<10), make([]time.Duration, 0, speedRequests/speedConnections)
	for i := range cap(took) {
		began := time.Now()
		if _, err := conn.Write(r.requests[(offset+i*speedConnections)%len(r.requests)]); err != nil {
			return nil, err
		}
		if err := skipAnswer(in); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// skipAnswer reads an answer of known length, which must be a success.
func skipAnswer(in *bufio.Reader) error {
	length := -1
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch name, value, _ := bytes.Cut(line, []byte(": ")); {
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			return fmt.Errorf("answered %s", line)
		case len(line) == 0:
			_, err := in.Discard(length)
			return err
		case string(name) == "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
}

// against compares a runner with another, round by round: the medians of the
// ratios.
func against(one, other []lap) (rate, p99 float64) {
	var rates, tails []float64
	for i := range one {
		rates = append(rates, one[i].rate/other[i].rate)
		tails = append(tails, float64(one[i].p99)/float64(other[i].p99))
	}
	return median(rates), median(tails)
}

// middle is the median of what one takes of each lap.
func middle(runs []lap, one func(lap) float64) float64 {
	all := make([]float64, len(runs))
	for i, r := range runs {
		all[i] = one(r)
	}
	return median(all)
}

func median(of []float64) float64 {
	if len(of) == 0 {
		return math.NaN()
	}
	all := slices.Sorted(slices.Values(of))
	return all[len(all)/2]
}

// ask returns the headers and the body of an answer.
func ask(t *testing.T, url, key string) (http.Header, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	must(t, err)
	r.Header.Set("X-API-Key", key)
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("GET %s = %d %s", url, answer.StatusCode, body)
	}
	return answer.Header, body
}

// startProgram runs the API as main does, with its log on the way to nowhere.
func startProgram(t *testing.T, environ []string, changes ...fx.Option) {
	t.Helper()
	c, err := config.Load(environ, config.ForAPI)
	must(t, err)
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	must(t, err)
	stdout := os.Stdout
	os.Stdout = nowhere // the logger takes it when it is made
	app := fx.New(options(c), fx.Options(changes...))
	os.Stdout = stdout
	start, cancel := withTimeout(time.Minute)
	defer cancel()
	must(t, app.Start(start))
	t.Cleanup(func() {
		stop, cancel := withTimeout(time.Minute)
		defer cancel()
		if err := app.Stop(stop); err != nil {
			t.Error(err)
		}
	})
}

// forecast publishes a forecast of a match.
func (o *office) forecast(match string) {
	o.t.Helper()
	db := connect(o.t, o.database.AdminURL)
	for _, statement := range []string{
		`INSERT INTO models (version, name, settings, trained_at) VALUES ('test-1', 'test', '{}', now())`,
		`INSERT INTO champion (version) VALUES ('test-1')`,
		`INSERT INTO forecasts (id, match_id, model_version, published_at, data_until, lambda_home, lambda_away, rho, home, draw, away, pick)
			VALUES (gen_random_uuid(), '` + match + `', 'test-1', now(), now(), 1.5, 1.1, -0.05, 0.4626, 0.2718, 0.2656, 'home')`,
	} {
		_, err := db.ExecContext(o.t.Context(), statement)
		must(o.t, err)
	}
}
