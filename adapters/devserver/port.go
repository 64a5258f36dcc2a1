package devserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"
)

// startAttempts bounds how often a server is given other ports.
const startAttempts = 5

// FreePort returns a TCP port of 127.0.0.1 that nothing listens on: wish, when
// that is free. Another program may take it before it is used.
func FreePort(wish int) (int, error) {
	ports, err := FreePorts(wish)
	if err != nil {
		return 0, err
	}
	return ports[0], nil
}

// FreePorts returns a free port of 127.0.0.1 for each wish: that port when it
// is free, else any, as for a wish of 0. They are held together until all are
// known, so they differ.
func FreePorts(wishes ...int) ([]int, error) {
	ports := make([]int, 0, len(wishes))
	for _, wish := range wishes {
		l, err := listen(wish)
		if err == nil && wish != 0 && !claim(wish) {
			_ = l.Close()
			err = errClaimed
		}
		if err != nil && wish != 0 {
			l, err = listen(0)
			wish = 0
		}
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer func() { _ = l.Close() }()
		if wish == 0 {
			reserve(l)
		}
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

var errClaimed = errors.New("another process is about to use this port")

// claim makes a port that was wished for this process' own among all that ask
// here, until it ends: two stacks that start at once would both find the port
// free, and one would take the other's server for its own. The name lives in
// Linux' abstract namespace, so that no file is left behind.
func claim(port int) bool {
	address := &net.UnixAddr{Name: "@football-prediction-port-" + strconv.Itoa(port), Net: "unix"}
	l, err := net.ListenUnix("unix", address)
	if err != nil {
		return false
	}
	claims.Lock()
	defer claims.Unlock()
	claims.held = append(claims.held, l) // or the collector would close it
	return true
}

var claims struct {
	sync.Mutex
	held []net.Listener
}

func listen(port int) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

// reserve keeps the kernel from giving l's port to anybody else who asks for a
// free one, for a minute: a connection that the server's side closed first
// stays in TIME_WAIT. Servers may still listen on it, since they set
// SO_REUSEADDR. Without this, tests side by side take each other's ports.
func reserve(l net.Listener) {
	there, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		return // the port is free all the same
	}
	defer func() { _ = there.Close() }()
	if here, err := l.Accept(); err == nil {
		_ = here.Close()
	}
}

// StartOnPorts starts what build makes of the ports that choose picks, and
// picks again when another program was quicker to one of them. It returns the
// running process and its ports.
func StartOnPorts(ctx context.Context, choose func() ([]int, error), build func(ports []int) Spec) (*Process, []int, error) {
	for attempt := 1; ; attempt++ {
		ports, err := choose()
		if err != nil {
			return nil, nil, err
		}
		p := NewProcess(build(ports))
		err = p.Start(ctx)
		if err == nil {
			return p, ports, nil
		}
		if attempt == startAttempts || !portTaken(p, err) {
			return nil, nil, err
		}
	}
}

func portTaken(p *Process, err error) bool {
	return errors.Is(err, ErrExited) && p.log.mentions("address already in use")
}

func anyPorts(n int) func() ([]int, error) {
	return func() ([]int, error) { return FreePorts(make([]int, n)...) }
}
