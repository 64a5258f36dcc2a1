package devserver_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

func TestTemporalServesItsInterfaceAndStartsAgain(t *testing.T) {
	t.Parallel()
	s, err := devserver.StartTemporal(t.Context(), devserver.TemporalOptions{Dir: filepath.Join(t.TempDir(), "with space")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	for name, address := range map[string]string{"interface": s.UIURL(), "HTTP API": s.HTTPURL() + "/api/v1/namespaces/default"} {
		eventually(t, name, func() bool { return answers(t, address) })
	}
	s.Kill()
	if err := s.Start(t.Context()); err != nil {
		t.Error(err)
	}
}

func answers(t *testing.T, address string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode == http.StatusOK
}

func TestTakenPortIsExchanged(t *testing.T) {
	t.Parallel()
	cli, err := devserver.FindTemporal("")
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	taken := l.Addr().(*net.TCPAddr).Port
	other, err := devserver.FreePort(taken)
	if err != nil || other == taken {
		t.Fatalf("FreePort = %d, %v", other, err)
	}
	programs := map[string]struct {
		path string
		args []string
	}{
		"Redis":    {"redis-server", []string{"--bind", "127.0.0.1", "--save", "", "--port"}},
		"Temporal": {cli, []string{"server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port"}}, // it panics
	}
	for name, program := range programs {
		// The first choice was free a moment ago and is not any more.
		choices := []int{taken, other}
		p, ports, err := devserver.StartOnPorts(t.Context(), func() ([]int, error) {
			choice := choices[:1]
			choices = choices[1:]
			return choice, nil
		}, func(ports []int) devserver.Spec {
			return devserver.Spec{
				Name: name, Path: program.path, Args: append(program.args, strconv.Itoa(ports[0])), Dir: t.TempDir(),
				Ready: func(context.Context) error {
					if ports[0] == taken { // somebody answers, though not ours
						return errors.New("not ours")
					}
					return nil
				},
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		p.Kill()
		if ports[0] != other {
			t.Errorf("%s: port %d", name, ports[0])
		}
	}
}

func TestMissingProgramsAreNamedWithTheRemedy(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := devserver.StartRedis(t.Context(), devserver.RedisOptions{Dir: t.TempDir()})
	if !errors.Is(err, devserver.ErrMissing) || !strings.Contains(err.Error(), "apt-get install redis-server") {
		t.Errorf("Redis: %v", err)
	}
	_, err = devserver.StartTemporal(t.Context(), devserver.TemporalOptions{Dir: t.TempDir(), Tools: t.TempDir()})
	if !errors.Is(err, devserver.ErrMissing) || !strings.Contains(err.Error(), "make install") {
		t.Errorf("Temporal: %v", err)
	}
}
