package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Setting is a variable as it may be shown.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"` // masked where it is secret
	Origin Origin `json:"origin"`
}

// Masked lists the variables that were read, in the order of [Config].
func (c Config) Masked() []Setting {
	var all []Setting
	eachField(c, func(name string, value reflect.Value) {
		if origin, read := c.origins[name]; read {
			all = append(all, Setting{Name: name, Value: shown(value), Origin: origin})
		}
	})
	return all
}

func shown(value reflect.Value) string {
	if day, ok := value.Interface().(time.Time); ok {
		if day.IsZero() {
			return ""
		}
		return day.Format(time.DateOnly)
	}
	if value.Kind() != reflect.Slice {
		return fmt.Sprint(value.Interface())
	}
	parts := make([]string, value.Len())
	for i := range parts {
		parts[i] = fmt.Sprint(value.Index(i).Interface())
	}
	return strings.Join(parts, ",")
}

// eachField calls visit with every variable and its value.
func eachField(c Config, visit func(name string, value reflect.Value)) {
	structure := reflect.ValueOf(c)
	for i := range structure.NumField() {
		if name := structure.Type().Field(i).Tag.Get("env"); name != "" {
			visit(name, structure.Field(i))
		}
	}
}
