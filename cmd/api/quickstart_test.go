package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The quick-starts of both SDKs, which their READMEs show, say the same about a
// running API.
func TestQuickstartsOfTheSDKs(t *testing.T) {
	s := newSite(t)
	for name, command := range map[string]struct {
		folder string
		args   []string
	}{
		"go":         {"sdk/go", []string{"go", "run", "./quickstart"}},
		"typescript": {".", []string{"deploy/scripts/typescript-sdk.sh", "quickstart"}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), command.args[0], command.args[1:]...)
			cmd.Dir = filepath.Join("..", "..", command.folder)
			cmd.Env = append(os.Environ(), "FOOTBALL_PREDICTION_URL="+s.url, "FOOTBALL_PREDICTION_API_KEY="+s.key)
			text, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			out := string(text)
			if got := len(regexp.MustCompile(`(?m)^forecast .+ - .+: 0\.\d\d 0\.\d\d 0\.\d\d$`).FindAllString(out, -1)); got != 5 {
				t.Errorf("it shows %d forecasts, want 5 from three pages", got)
			}
			for _, line := range []string{"refused 404 model.unknown\n", "2 competitions, 5 forecasts\n"} {
				if !strings.Contains(out, line) {
					t.Errorf("it does not say %q", line)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}
