package provider_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/provider"
	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

func TestNewSources(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a, b")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		data, token string
		want        []string
		err         string
	}{
		"openfootball":           {data: "openfootball", want: []string{"openfootball"}},
		"with a token":           {data: "openfootball", token: "x", want: []string{"openfootball", "football-data.org"}},
		"simulated with a token": {data: "simulated", token: "x", want: []string{"simulated"}},
		"several":                {data: " simulated, football-data.co.uk ,,simulated", want: []string{"simulated", "football-data.co.uk"}},
		"football-data.org once": {data: "football-data.org,openfootball", token: "x", want: []string{"football-data.org", "openfootball"}},
		"a folder":               {data: dir, want: []string{"folder"}},
		"folders":                {data: "./x,../y", want: []string{"folder", "folder-2"}},
		"no token":               {data: "football-data.org", err: "football-data.org needs a token; set FOOTBALL_DATA_ORG_TOKEN"},
		"nothing":                {data: " , ", err: "DATA names no source"},
		"a slip":                 {data: "opnfootball", err: `DATA names "opnfootball", which is neither a source nor a folder`},
	}
	for name, tt := range tests {
		for _, day := range []time.Time{{}, time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC)} {
			t.Run(name, func(t *testing.T) {
				sources, err := provider.NewSources(provider.Config{Data: tt.data, FootballDataOrgToken: tt.token, AsOf: day})
				if tt.err != "" {
					if !errors.Is(err, provider.ErrConfig) || !strings.Contains(err.Error(), tt.err) {
						t.Errorf("error %v, want %s", err, tt.err)
					}
					return
				}
				var names []string
				for _, s := range sources {
					names = append(names, s.Name())
				}
				if diff := cmp.Diff(tt.want, names); err != nil || diff != "" {
					t.Errorf("%v, -want +got:\n%s", err, diff)
				}
			})
		}
	}
}

// TestSourcesFromTheNetwork follows both from their list of editions to a
// match, through a server that has one season of one league.
func TestSourcesFromTheNetwork(t *testing.T) {
	contents := map[string]string{
		"/2018-19/en.1.json":   `{"matches": [{"date": "2019-03-02", "team1": "A", "team2": "B", "score": {"ft": [1, 0]}}]}`,
		"/mmz4281/1819/E0.csv": "Date,HomeTeam,AwayTeam,FTHG,FTAG\n02/03/2019,A,B,1,0\n",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := contents[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	defer server.Close()
	sources, err := provider.NewSources(provider.Config{
		Data: "openfootball,football-data.co.uk", AsOf: time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC), Seasons: 2,
		OpenFootballURL: server.URL + "/", FootballDataCoUKURL: server.URL, Fetch: fetch.Options{Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		editions, err := source.Editions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		there := 0
		for _, e := range editions {
			if e.Source != source.Name() || e.Season.FirstYear() < 2017 || e.Season.FirstYear() > 2018 {
				t.Errorf("edition %+v", e)
			}
			got, err := source.Read(t.Context(), e, "")
			if errors.Is(err, ingesting.ErrNoEdition) {
				continue
			}
			if err != nil || len(got.Records) != 1 || e.Competition.Code != "premier-league" {
				t.Fatalf("%s %s: %+v, %v", source.Name(), e.Locator, got, err)
			}
			there++
			// The day after was not known on 1 March.
			if r := got.Records[0]; r.Status != football.Scheduled || r.FullTime != nil {
				t.Errorf("record %+v", r)
			}
			again, err := source.Read(t.Context(), e, got.Fingerprint)
			if err != nil || !again.Unchanged || !strings.HasSuffix(again.Fingerprint, "@2019-03-01") {
				t.Errorf("again: %+v, %v", again, err)
			}
		}
		if there != 1 {
			t.Errorf("%s has %d editions", source.Name(), there)
		}
	}
}

func TestEveryCatalogueAliasIsOffered(t *testing.T) {
	sources, err := provider.NewSources(provider.Config{Data: "openfootball,football-data.co.uk", FootballDataOrgToken: "x", Seasons: 3})
	if err != nil || len(sources) != 3 {
		t.Fatal(sources, err)
	}
	for _, source := range sources {
		editions, err := source.Editions(t.Context())
		if err != nil || len(editions)%3 != 0 || len(editions) < 27 {
			t.Errorf("%s: %d editions, %v", source.Name(), len(editions), err)
		}
		for i := 1; i < len(editions); i++ {
			if editions[i].Season.LastYear() < editions[i-1].Season.FirstYear() {
				t.Errorf("%s: %s comes after %s", source.Name(), editions[i].Locator, editions[i-1].Locator)
			}
		}
	}
}

func TestModule(t *testing.T) {
	err := fx.ValidateApp(provider.Module, fx.Supply(provider.Config{Data: "simulated"}), fx.Invoke(func([]ingesting.Source) {}))
	if err != nil {
		t.Error(err)
	}
	if len(provider.Licences) < 4 {
		t.Errorf("%d licences", len(provider.Licences))
	}
}
