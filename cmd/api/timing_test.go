package main

import (
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
)

// sharedNouns are what no tenant owns: the ids of football are everybody's to
// know, and those of operations and incidents only operators may ask for.
var sharedNouns = []string{"matches", "teams", "operations", "incidents"}

// timed is how one operation is asked about what there is not.
type timed struct {
	op            described
	body          any
	anothers      string    // the path with another tenant's id
	nobodys       [2]string // with ids that nothing has
	status, asked int
}

// TestAnothersTakesAsLongAsNobodys asks every operation on an id, as the
// document has them, for what another tenant has and for what nobody has. The
// answers are alike, and so is the time that they take: else it would tell who
// has what.
func TestAnothersTakesAsLongAsNobodys(t *testing.T) {
	t.Parallel()
	timing(t, 150)
}

// timing asks so many times in each round.
func timing(t *testing.T, times int) {
	t.Helper()
	o := newOffice(t)
	acme, globex := o.tenant("acme"), o.tenant("globex")
	match := o.fixture()
	o.user(globex, "gus@globex.com", identity.Analyst)
	own := o.signIn("acme", "admin@acme.com", goodPassword).access
	admin, gus := o.signIn("globex", "admin@globex.com", goodPassword).access, o.signIn("globex", "gus@globex.com", goodPassword).access
	foreign := map[string]string{
		"tenants":     globex.ID,
		"users":       o.call("GET", "users/me", gus, nil).want(t, 200, "").field(t, "id"),
		"api-keys":    o.call("POST", "api-keys", admin, map[string]any{"name": "k", "scopes": []string{"read"}}).want(t, 201, "").field(t, "id"),
		"predictions": o.call("POST", "predictions", gus, map[string]any{"match_id": match, "outcome": "home", "confidence": 0.5}).want(t, 201, "").field(t, "id"),
	}
	fits := &generator{office: o, registry: o.api.OpenAPI().Components.Schemas}
	chance, seen := &roll{rand.New(rand.NewPCG(1, 2))}, map[string]bool{}
	for _, op := range o.operations() {
		noun, _, _ := strings.Cut(op.path, "/")
		if !strings.Contains(op.path, "{id}") || slices.Contains(sharedNouns, noun) {
			continue
		}
		id := foreign[noun]
		if id == "" {
			t.Errorf("%s %s: make one of another tenant, so that its time can be compared", op.method, op.path)
			continue
		}
		seen[noun] = true
		q := timed{op: op, anothers: strings.Replace(op.path, "{id}", id, 1)}
		for i, missing := range []string{missingID, "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e06"} {
			q.nobodys[i] = strings.Replace(op.path, "{id}", missing, 1)
		}
		if op.RequestBody != nil {
			q.body = fits.value(chance, op.RequestBody.Content["application/json"].Schema, "", 0, 0)
		}
		o.alike(t, &q, own, times)
	}
	if len(seen) != len(foreign) {
		t.Errorf("operations on %v alone were asked", seen)
	}
	o.sound(acme)
}

// Times differ when in each of so many rounds another's is slower, or faster, by
// more than chance makes it: by suspicious standard errors, always to the same
// side. A machine that is busy with something else is not busy so often with
// the one and not the other.
const (
	suspicious   = 3.5
	timingRounds = 5
)

// alike fails when what is another's can be told from what is nobody's.
func (o *office) alike(t *testing.T, q *timed, token string, times int) {
	t.Helper()
	var z, first float64
	for round := range timingRounds {
		var (
			anothers []time.Duration
			nobodys  [2][]time.Duration
		)
		for n := range times {
			for _, i := range rand.Perm(3) {
				if i == 2 {
					anothers = append(anothers, o.timed(t, q, token, q.anothers))
				} else {
					nobodys[i] = append(nobodys[i], o.timed(t, q, token, q.nobodys[i]))
				}
			}
			if n == 0 { // the first of each warms up
				anothers, nobodys = nil, [2][]time.Duration{}
			}
		}
		z = slower(anothers, slices.Concat(nobodys[0], nobodys[1]))
		if round == 0 || math.Abs(z) > suspicious {
			t.Logf("%-6s %-28s %d: another's in %v, nobody's in %v and %v; by %.1f standard errors, nobody's and nobody's by %.1f", q.op.method, q.op.path, q.status,
				middling(anothers), middling(nobodys[0]), middling(nobodys[1]), z, slower(nobodys[0], nobodys[1]))
		}
		if round == 0 {
			first = z
		}
		if math.Abs(z) < suspicious || z*first < 0 {
			return
		}
	}
	t.Errorf("%s %s: the time tells another's from nobody's, by %.1f standard errors in %d rounds of %d", q.op.method, q.op.path, z, timingRounds, times)
}

// timed asks once, and holds the answer against those before.
func (o *office) timed(t *testing.T, q *timed, token, path string) time.Duration {
	t.Helper()
	began := time.Now()
	r := o.call(q.op.method, path, token, q.body)
	took := time.Since(began)
	if q.asked++; q.asked == 1 {
		q.status = r.status
	}
	if r.status != q.status || r.status != http.StatusNotFound && r.status != http.StatusForbidden {
		t.Fatalf("%s %s = %d %s, and %d before", q.op.method, path, r.status, r.body, q.status)
	}
	return took
}

// slower is by how many standard errors times of a tend to be above those of b:
// the test of Mann and Whitney (1947), which asks no more of the times than that
// they can be compared.
func slower(a, b []time.Duration) float64 {
	above := 0.0
	sortedB := slices.Sorted(slices.Values(b))
	for _, x := range a {
		at, _ := slices.BinarySearch(sortedB, x)
		above += float64(at)
	}
	n, m := float64(len(a)), float64(len(b))
	return (above - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}

func middling(of []time.Duration) time.Duration {
	all := slices.Sorted(slices.Values(of))
	return all[len(all)/2].Round(time.Microsecond)
}
