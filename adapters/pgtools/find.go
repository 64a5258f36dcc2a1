package pgtools

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// Find is the folder of PostgreSQL's programs: the one on PATH, or Debian's
// newest, since they work with servers that are older and not with newer ones.
// It is empty where there are none.
func Find() string {
	if path, err := exec.LookPath(rarest); err == nil {
		// Debian's wrapper would choose by clusters that need not be ours.
		if program, err := filepath.EvalSymlinks(path); err == nil && filepath.Base(program) != "pg_wrapper" {
			return filepath.Dir(path)
		}
	}
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(folders, func(a, b string) int { return cmp.Compare(versionIn(b), versionIn(a)) })
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, rarest)); err == nil {
			return folder
		}
	}
	return ""
}

// rarest is the program that is missing where any is.
const rarest = "pg_amcheck"

func versionIn(bin string) int {
	version, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return version
}
