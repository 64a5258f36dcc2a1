package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
)

// Origin is where a setting comes from.
type Origin string

// The origins.
const (
	Unset   Origin = "unset"
	Default Origin = "default"
	Given   Origin = "environment"
	File    Origin = "file"
)

// Load reads what r asks for from environ, which has the form of
// [os.Environ]. The error joins a [*Fault] for everything that is wrong.
// A variable that is set but empty counts as absent.
func Load(environ []string, r Requirement) (Config, error) {
	var (
		c     = Config{origins: make(map[string]Origin), files: make(map[string]string)}
		found faults
		given = split(environ)
	)
	structure := reflect.ValueOf(&c).Elem()
	for i := range structure.NumField() {
		field := structure.Type().Field(i)
		name := field.Tag.Get("env")
		if name == "" || !r.readsVariable(name) {
			continue
		}
		text, origin := find(given, field, r, &found)
		c.origins[name] = origin
		if origin == File {
			c.files[name] = given[name+"_FILE"]
		}
		if text == "" {
			continue
		}
		if what := decode(structure.Field(i), field.Tag, text); what != "" {
			found.add(name, what, remedy(field))
		}
	}
	validate(c, r, &found)
	if err := found.join(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func split(environ []string) map[string]string {
	given := make(map[string]string, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			given[name] = value
		}
	}
	return given
}

// find is the text of a variable, from itself, its file or its default.
func find(given map[string]string, field reflect.StructField, r Requirement, found *faults) (string, Origin) {
	name := field.Tag.Get("env")
	text := given[name]
	if path := given[name+"_FILE"]; path != "" && mayBeFile(field.Type) {
		if text != "" {
			found.add(name, "is given twice, as "+name+" and as "+name+"_FILE", "keep one of them")
			return "", Given
		}
		text, err := readSecret(path)
		if err != nil {
			found.add(name+"_FILE", fmt.Sprintf("cannot read %s: %v", path, err), "name a readable file that holds the value alone")
		}
		return text, File
	}
	if text != "" {
		return text, Given
	}
	fallback, ok := r.defaults[name]
	if !ok {
		fallback = field.Tag.Get("default")
	}
	switch {
	case fallback != "":
		return fallback, Default
	case slices.Contains(r.needs, name):
		found.add(name, "is not set", remedy(field))
	}
	return "", Unset
}

// maxSecret is more than any secret is long, and keeps a path to a device or
// a dump from filling the memory.
const maxSecret = 64 << 10

func readSecret(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", reason(err)
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", errors.New("it is no regular file")
	}
	content, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	switch text := strings.TrimRight(string(content), "\r\n"); {
	case err != nil:
		return "", reason(err)
	case len(content) > maxSecret:
		return "", fmt.Errorf("it holds more than %d bytes", maxSecret)
	case text == "":
		return "", errors.New("it is empty")
	default:
		return text, nil
	}
}

// reason is err without the path that the caller names anyway.
func reason(err error) error {
	var failed *os.PathError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
