package footballdatacouk_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOddsColumns(t *testing.T) {
	tests := map[string]struct {
		columns string
		want    []string
	}{
		"before the match":          {"BWH,BWD,BWA", []string{"bwin pre_match 2 3 4"}},
		"closing":                   {"B365CH,B365CD,B365CA", []string{"bet365 closing 2 3 4"}},
		"averages of today":         {"AvgH,AvgD,AvgA", []string{"market-average pre_match 2 3 4"}},
		"averages of old":           {"BbAvH,BbAvD,BbAvA", []string{"market-average pre_match 2 3 4"}},
		"closing maximum":           {"MaxCH,MaxCD,MaxCA", []string{"market-maximum closing 2 3 4"}},
		"Pinnacle's other name":     {"PH,PD,PA", []string{"pinnacle pre_match 2 3 4"}},
		"Betfair and its exchange":  {"BFH,BFD,BFA,BFEH,BFED,BFEA", []string{"betfair pre_match 2 3 4", "betfair-exchange pre_match 5 6 7"}},
		"one bookmaker, two names":  {"PH,PD,PA,PSH,PSD,PSA", []string{"pinnacle pre_match 5 6 7"}},
		"away shots are no odds":    {"AS,HS,HST,AST,HC,AC", nil},
		"handicaps are no odds":     {"B365AHH,B365AHA,AHh,B365>2.5", nil},
		"a bookmaker nobody knows":  {"XYZH,XYZD,XYZA", nil},
		"a triple without its draw": {"WHH,WHA,IWH", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cells := "2,3,4,5,6,7"[:2*strings.Count(tt.columns, ",")+1]
			got, err := parse(t, "Date,HomeTeam,AwayTeam,FTHG,FTAG,"+tt.columns+"\n14/08/2021,Leeds,Everton,1,1,"+cells+"\n")
			if err != nil || len(got.Records) != 1 {
				t.Fatalf("got %+v, %v", got, err)
			}
			if diff := cmp.Diff(tt.want, oddsOf(got.Records[0])); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
