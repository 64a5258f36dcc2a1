package config

import (
	"path/filepath"
	"strings"
)

// Listen is where a server listens: host:port, or unix:/path.
type Listen string

// unixPrefix begins the path of a socket, as in nginx.
const unixPrefix = "unix:"

// longestSocket is how long the path of a socket may be, see unix(7).
const longestSocket = 107

// Socket is the path of the socket, and whether it is one.
func (l Listen) Socket() (path string, is bool) { return strings.CutPrefix(string(l), unixPrefix) }

// Network is what [net.Listen] takes.
func (l Listen) Network() (network, address string) {
	if path, is := l.Socket(); is {
		return "unix", path
	}
	return "tcp", string(l)
}

func decodeListen(into *Listen, text string) string {
	if path, is := Listen(text).Socket(); is {
		if !filepath.IsAbs(path) || len(path) > longestSocket {
			return "is unix: without an absolute path of at most 107 bytes after it"
		}
		*into = Listen(text)
		return ""
	}
	var at HostPort
	fault := decodeHostPort(&at, text)
	*into = Listen(at)
	return fault
}
