package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The sources by name. Anything else in DATA is a folder.
const (
	dataAuto         = "auto"
	dataOpenfootball = "openfootball"
	dataSimulated    = "simulated"
	dataCoUk         = "football-data.co.uk"
	dataOrg          = "football-data.org"
)

// settings are what the environment asks for, checked.
type settings struct {
	data string // a name above, or the absolute path of a folder
	asOf string // YYYY-MM-DD, or "" for today
	exit bool   // stop once everything is up
	// observe starts Prometheus and Alertmanager too.
	observe bool
	root    string // the folder that .data and bin lie in
}

// readSettings reads the environment and reports all faults at once.
func readSettings(getenv func(string) string, now time.Time) (settings, error) {
	data, dataErr := readData(getenv("DATA"), getenv)
	asOf, asOfErr := readAsOf(getenv("AS_OF"), now)
	exit, exitErr := readSwitch("EXIT", getenv("EXIT"))
	observe, observeErr := readSwitch("OBSERVE", getenv("OBSERVE"))
	root, rootErr := os.Getwd()
	return settings{data: data, asOf: asOf, exit: exit, observe: observe, root: root}, errors.Join(dataErr, asOfErr, exitErr, observeErr, rootErr)
}

func readData(text string, getenv func(string) string) (string, error) {
	names := []string{dataAuto, dataOpenfootball, dataSimulated, dataCoUk, dataOrg}
	switch {
	case text == "":
		return dataAuto, nil
	case text == dataOrg && getenv("FOOTBALL_DATA_ORG_TOKEN") == "" && getenv("FOOTBALL_DATA_ORG_TOKEN_FILE") == "":
		return "", errors.New("  DATA=football-data.org needs FOOTBALL_DATA_ORG_TOKEN: a free one comes from https://www.football-data.org/client/register")
	case slices.Contains(names, text):
		return text, nil
	}
	info, err := os.Stat(text)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", fmt.Errorf("  DATA=%s: there is no such folder, nor a source of that name (%s)", text, strings.Join(names, ", "))
	case err != nil:
		return "", fmt.Errorf("  DATA=%s: %w", text, err)
	case !info.IsDir():
		return "", fmt.Errorf("  DATA=%s: it is a file, a folder is needed", text)
	}
	if _, err := os.ReadDir(text); err != nil {
		return "", fmt.Errorf("  DATA=%s: the folder can't be read: %w", text, err)
	}
	// The same folder has one database, whatever way leads to it.
	path, err := filepath.EvalSymlinks(text)
	if err != nil {
		return "", fmt.Errorf("  DATA=%s: %w", text, err)
	}
	return filepath.Abs(path)
}

func readAsOf(text string, now time.Time) (string, error) {
	if text == "" {
		return "", nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return "", fmt.Errorf("  AS_OF=%s is no day of the form YYYY-MM-DD, such as 2019-03-01", text)
	}
	// A day ahead of UTC it may be tomorrow already.
	if day.After(now.UTC().Add(24 * time.Hour)) {
		return "", fmt.Errorf("  AS_OF=%s lies in the future: nothing is known of it yet", text)
	}
	return text, nil
}

func readSwitch(name, text string) (bool, error) {
	switch strings.ToLower(text) {
	case "", "0", "false", "no":
		return false, nil
	case "1", "true", "yes":
		return true, nil
	}
	return false, fmt.Errorf("  %s=%s is neither 1 nor 0", name, text)
}
