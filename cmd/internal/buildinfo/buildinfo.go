// Package buildinfo says which build a program is.
package buildinfo

import "runtime/debug"

// The linker sets these: -ldflags "-X …/cmd/internal/buildinfo.version=v1.2.3
// -X …/cmd/internal/buildinfo.commit=0123abcd".
var version, commit string

// Version is the release, or what Go knows of the module, or "devel".
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// Commit is the revision that was built, "-dirty" behind it when files were
// changed since, or "unknown".
func Commit() string {
	if commit != "" {
		return commit
	}
	info, _ := debug.ReadBuildInfo()
	return revision(info)
}

func revision(info *debug.BuildInfo) string {
	if info == nil {
		return "unknown"
	}
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	switch {
	case settings["vcs.revision"] == "":
		return "unknown"
	case settings["vcs.modified"] == "true":
		return settings["vcs.revision"] + "-dirty"
	}
	return settings["vcs.revision"]
}

// String is version and commit in one, for --version.
func String() string { return Version() + " (" + Commit() + ")" }
