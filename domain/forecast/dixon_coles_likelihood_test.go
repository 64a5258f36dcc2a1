package forecast_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/domain/forecast"
)

// smallLikelihood has every kind of term: all low scores, a neutral ground,
// unequal weights and a ridge.
func smallLikelihood() (l forecast.Likelihood, theta []float64) {
	l = forecast.NewLikelihood(3, 0.7)
	l.Add(0, 1, false, 0, 0, 1)
	l.Add(1, 0, false, 0, 1, 0.8)
	l.Add(1, 2, false, 1, 0, 1.2)
	l.Add(2, 1, true, 1, 1, 0.5)
	l.Add(0, 2, false, 4, 2, 1)
	l.Add(2, 0, true, 0, 0, 0.9)
	random := rand.New(rand.NewPCG(3, 3))
	theta = make([]float64, l.Size())
	for i := range theta {
		theta[i] = 0.4 * (random.Float64() - 0.5)
	}
	return l, theta
}

func TestLikelihoodDerivatives(t *testing.T) {
	t.Parallel()

	const h = 1e-5
	l, theta := smallLikelihood()
	for _, rho := range []float64{-0.2, 0, 0.15} {
		gradient, hessian := l.Derivatives(theta, rho)
		for i := range theta {
			up, down := moved(theta, i, h), moved(theta, i, -h)
			near(t, "gradient", gradient[i], (l.Value(up, rho)-l.Value(down, rho))/(2*h), 1e-7)
			above, _ := l.Derivatives(up, rho)
			below, _ := l.Derivatives(down, rho)
			for j := i; j < len(theta); j++ {
				near(t, "hessian", hessian[i*len(theta)+j], -(above[j]-below[j])/(2*h), 1e-7)
			}
		}
	}
}

func moved(theta []float64, i int, by float64) []float64 {
	out := append([]float64(nil), theta...)
	out[i] += by
	return out
}

func TestMaximumIsStationary(t *testing.T) {
	t.Parallel()

	l, theta := smallLikelihood()
	theta, rho := l.Maximum(theta, 0.1, 0, 60)
	gradient, _ := l.Derivatives(theta, rho)
	for i, g := range gradient {
		near(t, "gradient "+strconv.Itoa(i), g, 0, 1e-7)
	}
	const h = 1e-5
	near(t, "gradient of rho", (l.Value(theta, rho+h)-l.Value(theta, rho-h))/(2*h), 0, 1e-6)
}

// Two teams that met twice at each ground, without low scores: the rates of
// the optimum are the mean goals, which μ, h and one difference can match.
func TestMaximumByHand(t *testing.T) {
	t.Parallel()

	l := forecast.NewLikelihood(2, 1e-9)
	for _, goals := range [][2]int{{6, 2}, {2, 2}} {
		l.Add(0, 1, false, goals[0], goals[1], 1)
		l.Add(1, 0, false, goals[0], goals[1], 1)
	}
	theta, rho := l.Maximum(make([]float64, l.Size()), 0, 0, 60)
	// Attacks may take from the level what defences give back.
	near(t, "away rate", theta[0]+theta[3]-theta[4], math.Log(2), 1e-6)
	near(t, "h", theta[1], math.Log(4)-math.Log(2), 1e-6)
	near(t, "attack", theta[2]-theta[3], 0, 1e-6)
	near(t, "ρ", rho, 0, 1e-6)
}

// peerOptimum is an exact optimum that independent code found.
type peerOptimum struct {
	Input  string             `json:"input"`
	LogLik float64            `json:"loglik"`
	Params map[string]float64 `json:"params"`
}

func TestMaximumMatchesPeer(t *testing.T) {
	t.Parallel()

	if _, err := os.Stat(filepath.Join(shared, "peer")); os.IsNotExist(err) {
		t.Skip("no shared data beside this clone")
	}
	files, err := filepath.Glob(filepath.Join(shared, "peer", "exact_dc_*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no exact optimum to compare with: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".json"), func(t *testing.T) {
			t.Parallel()

			checkPeer(t, name)
		})
	}
}

func checkPeer(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var want peerOptimum
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	rows := readCSV(t, filepath.Join(shared, "peer", want.Input))
	number := map[string]int{}
	for team := range want.Params {
		if name, ok := strings.CutPrefix(team, "attack_"); ok {
			number[name] = len(number)
		}
	}
	l, factorials := forecast.NewLikelihood(len(number), 1e-9), 0.0
	for _, row := range rows[1:] {
		home, _ := strconv.Atoi(row[3])
		away, _ := strconv.Atoi(row[4])
		weight, _ := strconv.ParseFloat(row[5], 64)
		l.Add(number[row[1]], number[row[2]], false, home, away, weight)
		a, _ := math.Lgamma(float64(home + 1))
		b, _ := math.Lgamma(float64(away + 1))
		factorials += weight * (a + b)
	}
	theta, rho := l.Maximum(make([]float64, l.Size()), 0, 0, 100)
	near(t, "log-likelihood", l.Value(theta, rho)-factorials, want.LogLik, 1e-6)
	near(t, "rho", rho, want.Params["rho"], 1e-6)
	near(t, "home advantage", theta[1], want.Params["home_advantage"], 1e-6)

	// The peer's convention: mean attack 1, the level inside the defences,
	// and a defence that is higher when it concedes more.
	mean := 0.0
	for _, i := range number {
		mean += theta[2+i] / float64(len(number))
	}
	for team, i := range number {
		attack := theta[2+i] - mean + 1
		defence := theta[0] - theta[2+len(number)+i] + mean - 1
		near(t, "attack of "+team, attack, want.Params["attack_"+team], 1e-6)
		near(t, "defence of "+team, defence, want.Params["defence_"+team], 1e-6)
	}
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
