package devserver_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

const roleVariable = "DEVSERVER_TEST_ROLE"

// TestMain lets the test binary play the parents and children of its own tests.
func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "":
		os.Exit(m.Run())
	case "parent":
		playParent(os.Getenv("DEVSERVER_TEST_DIR"))
	case "chatter": // prints far more than a log may hold
		line := make([]byte, 1<<20)
		for range 40 {
			fmt.Printf("%s\n", line)
		}
	}
}

// playParent starts servers, prints their process ids and waits to be killed.
func playParent(dir string) {
	ctx := context.Background()
	p, err := devserver.StartPostgres(ctx, devserver.PostgresOptions{Dir: filepath.Join(dir, "postgres"), Volatile: true})
	exitOn(err)
	r, err := devserver.StartRedis(ctx, devserver.RedisOptions{Dir: filepath.Join(dir, "redis")})
	exitOn(err)
	s := devserver.NewProcess(devserver.Spec{Name: "sleeper", Path: "/bin/sleep", Args: []string{"300"}})
	exitOn(s.Start(ctx))
	fmt.Println(p.PID(), r.PID(), s.PID())
	time.Sleep(5 * time.Minute)
}

func exitOn(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
