package config

import (
	"net/netip"
	"reflect"
	"strings"
	"time"
)

// remedy says what a variable's value should be like.
func remedy(field reflect.StructField) string {
	if example := field.Tag.Get("example"); example != "" {
		return "set it to the likes of " + example
	}
	switch reflect.Zero(field.Type).Interface().(type) {
	case Environment:
		return "say development, test, staging or production"
	case Level:
		return "say debug, info, warn or error"
	case bool:
		return "say true or false"
	case int:
		return "say a whole number from " + field.Tag.Get("min") + " to " + field.Tag.Get("max")
	case URL:
		return "give a URL such as " + strings.Split(field.Tag.Get("schemes"), ",")[0] + "://host:port"
	case HostPort:
		return "say host:port, such as 127.0.0.1:7233 or :8000"
	case []HostPort:
		return "say host:port, divided by commas"
	case Path:
		return "name a readable file"
	case time.Time:
		return "say YYYY-MM-DD, such as 2019-03-01"
	case []netip.Prefix:
		return "list addresses or networks, divided by commas"
	}
	return "give it a value"
}
