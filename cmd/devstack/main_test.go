package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/fx"
)

const roleVariable = "DEVSTACK_TEST_ROLE"

// TestMain lets the test binary play devstack and the programs it starts.
func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "devstack":
		main()
	case "worker":
		playWorker()
	case "api":
		playAPI()
	case "footballctl":
		playFootballctl()
	default:
		os.Exit(m.Run())
	}
}

func TestWiring(t *testing.T) {
	if err := fx.ValidateApp(options(settings{})); err != nil {
		t.Fatal(err)
	}
}

// playWorker listens as a worker does, or dies when the test has asked for it.
func playWorker() {
	if _, err := os.Stat("worker-must-die"); err == nil {
		fmt.Println("worker: out of cheese")
		time.Sleep(200 * time.Millisecond) // long enough to be taken for ready
		go func() { time.Sleep(300 * time.Millisecond); os.Exit(1) }()
	}
	fail(http.ListenAndServe("127.0.0.1:"+os.Getenv("METRICS_PORT"), nil))
}

func playAPI() {
	go func() { fail(http.ListenAndServe("127.0.0.1:"+os.Getenv("METRICS_PORT"), nil)) }()
	http.HandleFunc("/health/ready", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/api/v1/forecasts", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-API-Key") != "fp_live_test" || os.Getenv("ENV") != "development" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"items":%s,"next_cursor":null}`, answer)
	})
	fail(http.ListenAndServe(os.Getenv("HTTP_ADDR"), nil))
}

// playFootballctl notes its arguments and prints what footballctl would.
func playFootballctl() {
	calls, err := os.OpenFile("calls", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	fail(err)
	fmt.Fprintln(calls, strings.Join(os.Args[1:], " "))
	fail(calls.Close())
	switch os.Args[1] {
	case "apikey":
		fmt.Println(`{"key":"fp_live_test"}`)
	case "ingest":
		if _, err := os.Stat("worker-must-die"); err == nil {
			time.Sleep(time.Minute)
		}
		fmt.Println("380 matches")
	}
}

func fail(err error) {
	if err != nil {
		fmt.Println(filepath.Base(os.Args[0]), err)
		os.Exit(1)
	}
}
