package caching

import (
	"net/url"
	"testing"
)

// What is kept by one version of the program is read by the next: an address
// changes only with the format's version.
func TestAddresses(t *testing.T) {
	t.Parallel()
	forecast := Slot{Area: Forecasts, Key: Key{Name: "/api/v1/forecasts?limit=3"}}
	if got, want := forecast.address(1, 7), "forecasts:v1:g7:shared:{840mIyfpOCFfrfSpeDnD_NCyI2WX_7qBUrfVn24b0SE}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	tenants := forecast
	tenants.Tenant = "0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05"
	others := []string{
		forecast.address(2, 7), forecast.address(1, 8), tenants.address(1, 7),
		Slot{Area: Football, Key: forecast.Key}.address(1, 7), Slot{Area: Forecasts, Key: Key{Name: "/api/v1/forecasts?limit=4"}}.address(1, 7),
	}
	seen := map[string]bool{forecast.address(1, 7): true}
	for _, a := range others {
		if seen[a] {
			t.Errorf("%s is the address of two answers", a)
		}
		seen[a] = true
	}
}

func TestEqualQuestionsHaveOneName(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                       "/x",
		"b=2&a=1":                "/x?a=1&b=2",
		"a=1&b=2":                "/x?a=1&b=2",
		"ids=1%2C2":              "/x?ids=1%2C2",
		"ids=1,2":                "/x?ids=1%2C2",
		"a=2&a=1":                "/x?a=2&a=1",
		"name=a%26b%3D1":         "/x?name=a%26b%3D1",
		"cursor=a+b&limit=3":     "/x?cursor=a+b&limit=3",
		"limit=3&cursor=a%20b":   "/x?cursor=a+b&limit=3",
		"upcoming=true&limit=10": "/x?limit=10&upcoming=true",
	} {
		parameters, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := Name("/x", parameters); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}
