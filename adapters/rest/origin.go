package rest

import (
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/football-prediction/football-prediction/ports/auditing"
)

const (
	forwardedHeader = "X-Forwarded-For"
	// maxAgent bounds what a caller may make us keep of itself.
	maxAgent = 200
)

// located tells the rest of the request where it came from.
func located(trusted []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			e := exchangeOf(r.Context())
			origin := auditing.Origin{
				Address: clientOf(r, trusted), RequestID: e.id, Agent: strings.ToValidUTF8(r.UserAgent(), ""),
			}
			origin.Agent = origin.Agent[:min(len(origin.Agent), maxAgent)]
			e.remote = cmp.Or(origin.Address, r.RemoteAddr)
			next.ServeHTTP(w, r.WithContext(auditing.WithOrigin(r.Context(), origin)))
		})
	}
}

// clientOf is the address of whoever sent the request. X-Forwarded-For is
// believed as far as trusted proxies wrote it: read from the right, the first
// address that is not a trusted proxy's is the client's, and all to the left
// of it is hearsay. What is no address ends the reading, since whoever wrote
// that is not to be trusted either.
func clientOf(r *http.Request, trusted []netip.Prefix) string {
	hops := strings.Split(strings.Join(r.Header.Values(forwardedHeader), ","), ",")
	client, ok := peerOf(r, &hops)
	if !ok {
		return ""
	}
	for i := len(hops) - 1; i >= 0 && trusts(trusted, client); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = hop.Unmap().WithZone("")
	}
	return client.String()
}

// peerOf is who is at the other end of the connection. At a Unix socket that is a
// proxy on this machine, since nobody else may open it: who was at its other end
// it says in the last of hops, which is taken off.
func peerOf(r *http.Request, hops *[]string) (netip.Addr, bool) {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local.Network() == "unix" {
		last := len(*hops) - 1
		peer, err := netip.ParseAddr(strings.TrimSpace((*hops)[last]))
		*hops = (*hops)[:last]
		return peer.Unmap().WithZone(""), err == nil
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap(), err == nil
}

func trusts(trusted []netip.Prefix, a netip.Addr) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
