package buildinfo

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestRevision(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	tests := map[string]struct {
		info *debug.BuildInfo
		want string
	}{
		"no information": {nil, "unknown"},
		"no repository":  {&debug.BuildInfo{}, "unknown"},
		"clean":          {&debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.revision", "0123"), setting("vcs.modified", "false")}}, "0123"},
		"changed":        {&debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.revision", "0123"), setting("vcs.modified", "true")}}, "0123-dirty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := revision(test.info); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLinkerSetsVersionAndCommit(t *testing.T) {
	version, commit = "v1.2.3", "0123abcd"
	defer func() { version, commit = "", "" }()
	if got := String(); got != "v1.2.3 (0123abcd)" {
		t.Errorf("got %q", got)
	}
	version, commit = "", ""
	if got := String(); strings.Contains(got, "v1.2.3") || Version() == "" || Commit() == "" {
		t.Errorf("unset, it says %q", got)
	}
}
