package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const answer = `[
 {"match":{"competition":{"code":"ENG-1","name":"Premier League"},"kick_off":"2019-03-02T15:00:00Z","kick_off_time_known":true,
   "home":{"name":"Arsenal"},"away":{"name":"Wolverhampton Wanderers FC"}},
  "expected_goals":{"home":1.94,"away":0.96},"outcome":{"home":0.6141,"draw":0.2214,"away":0.1645},"pick":"home"},
 {"match":{"competition":{"code":"JPN-1","name":"Jリーグ"},"kick_off":"2019-03-03T00:00:00Z","kick_off_time_known":false,
   "home":{"name":"鹿島アントラーズ"},"away":{"name":"A\u001b[31mik Þór"}},
  "expected_goals":{"home":1.2,"away":1.1},"outcome":{"home":0.4,"draw":0.3,"away":0.3},"pick":null}
]`

const table = `
Kick-off (UTC)        Competition     Home              Away                    xG         Home    Draw    Away    Pick
────────────────────  ──────────────  ────────────────  ──────────────────────  ─────────  ──────  ──────  ──────  ────
Sat 2019-03-02 15:00  Premier League  Arsenal           Wolverhampton Wandere…  1.9 : 1.0  61.4 %  22.1 %  16.4 %  home
Sun 2019-03-03        Jリーグ         鹿島アントラーズ  A[31mik Þór             1.2 : 1.1  40.0 %  30.0 %  30.0 %  –
`

func TestPrintForecasts(t *testing.T) {
	var forecasts []forecast
	if err := json.Unmarshal([]byte(answer), &forecasts); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	printForecasts(&out, forecasts)
	if diff := cmp.Diff(strings.TrimPrefix(table, "\n"), out.String()); diff != "" {
		t.Error(diff)
	}
}
