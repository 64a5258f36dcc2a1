package footballdatacouk_test

import (
	"testing"
	"unicode/utf8"

	"github.com/football-prediction/football-prediction/domain/football"
)

// FuzzParse asks of any file: no panic, every row accounted for, every record
// possible, every finding in its place.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "\n", "\xef\xbb\xbf", "\xff\xfeD", header,
		header + "E0,13/08/2021,20:00,Brentford,Arsenal,2,0,H,1,0,8,22,4,3.4,1.95,3.94,3.33,2.13\r\n",
		header + "E0,13/08/2021,20:00,Brentford,Arsenal,-1,1000,H,1,0,8,22,0,NaN,Inf,1e9,3.33,2.13\nE0,31/02/2022",
		header + "\"E0,\"\"\",\x00,,,\n,,,\nE0,2021-08-14,,K\xf6ln,\"a\"b\n",
		"Date,HT,AT,HG,AG\n14/8/21,a,b,1,0\n14/8/21,a,b,0,1\n14/8/21,a,b,,\n",
		"Date,Home,Away\n14/08/2021,A & B,A and B",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parse(t, text)
		if err != nil {
			return
		}
		if len(got.Records)+len(got.Findings) < got.Rows || len(got.Records) > got.Rows {
			t.Errorf("%d rows became %d records and %d findings", got.Rows, len(got.Records), len(got.Findings))
		}
		for _, r := range got.Records {
			match := football.Match{
				Home: football.TeamID(r.Home), Away: football.TeamID(r.Away),
				KickOff: r.KickOff, Status: r.Status, FullTime: r.FullTime, HalfTime: r.HalfTime,
			}
			if err := match.Validate(); err != nil || r.Home == "" || r.Away == "" || r.Place.Line < 2 {
				t.Errorf("record %+v: %v", r, err)
			}
		}
		for _, finding := range got.Findings {
			if finding.Place.Line < 2 || finding.Place.Column < 1 || finding.Reason == "" || !utf8.ValidString(finding.Raw) {
				t.Errorf("finding %+v", finding)
			}
		}
	})
}
