package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	secretType = reflect.TypeFor[Secret]()
	urlType    = reflect.TypeFor[URL]()
)

func mayBeFile(t reflect.Type) bool { return t == secretType || t == urlType }

// decode puts text into field and returns what is wrong with it, or "".
func decode(field reflect.Value, tag reflect.StructTag, text string) (what string) {
	switch into := field.Addr().Interface().(type) {
	case *Environment:
		return oneOf(into, text, Development, Test, Staging, Production)
	case *Level:
		return oneOf(into, text, LevelDebug, LevelInfo, LevelWarn, LevelError)
	case *Engine:
		return oneOf(into, text, EngineDump, EngineArchive)
	case *ReleaseDriver:
		return oneOf(into, text, DriverSystemd, DriverProcesses, DriverCompose)
	case *bool:
		return decodeBool(into, text)
	case *int:
		return decodeInt(into, tag, text)
	case *string:
		*into = text
	case *Secret:
		*into = Secret(text)
	case *URL:
		return decodeURL(into, tag, text)
	case *HostPort:
		return decodeHostPort(into, text)
	case *Listen:
		return decodeListen(into, text)
	case *Path:
		return decodePath(into, text)
	case *time.Time:
		return decodeDay(into, text)
	case *[]string:
		*into = items(text)
	case *[]HostPort:
		return decodeEach(into, text, decodeHostPort)
	case *[]netip.Prefix:
		return decodeEach(into, text, decodePrefix)
	default:
		return fmt.Sprintf("has a type that is not handled, %s", field.Type())
	}
	return ""
}

func oneOf[T ~string](into *T, text string, allowed ...T) string {
	*into = T(strings.ToLower(text))
	if slices.Contains(allowed, *into) {
		return ""
	}
	return fmt.Sprintf("%s is not allowed", quoted(text))
}

func decodeBool(into *bool, text string) string {
	value, err := strconv.ParseBool(strings.ToLower(text))
	*into = value
	if err != nil {
		return fmt.Sprintf("%s is neither true nor false", quoted(text))
	}
	return ""
}

func decodeInt(into *int, tag reflect.StructTag, text string) string {
	value, err := strconv.Atoi(text)
	low, _ := strconv.Atoi(tag.Get("min"))
	high, _ := strconv.Atoi(tag.Get("max"))
	if err != nil || value < low || value > high {
		return fmt.Sprintf("%s is no whole number from %d to %d", quoted(text), low, high)
	}
	*into = value
	return ""
}

// decodeURL never quotes text, which may hold a password.
func decodeURL(into *URL, tag reflect.StructTag, text string) string {
	parsed, err := url.Parse(text)
	schemes := strings.Split(tag.Get("schemes"), ",")
	switch {
	case err != nil:
		return "is no URL"
	case !slices.Contains(schemes, parsed.Scheme):
		return "is no URL that begins with " + strings.Join(schemes, ":// or ") + "://"
	case parsed.Host == "" && parsed.Query().Get("host") == "":
		return "names no host"
	}
	*into = URL(text)
	return ""
}

func decodeHostPort(into *HostPort, text string) string {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return quoted(text) + " is not of the form host:port"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return quoted(text) + " names no port from 0 to 65535"
	}
	*into = HostPort(text)
	return ""
}

func decodePath(into *Path, text string) string {
	file, err := os.Open(text)
	if err != nil {
		return fmt.Sprintf("cannot read %s: %v", text, reason(err))
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return fmt.Sprintf("cannot read %s: it is no regular file", text)
	}
	*into = Path(text)
	return ""
}

func decodeDay(into *time.Time, text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return quoted(text) + " is no day of the calendar"
	}
	*into = day
	return ""
}

func decodePrefix(into *netip.Prefix, text string) string {
	if address, err := netip.ParseAddr(text); err == nil {
		*into = netip.PrefixFrom(address, address.BitLen())
		return ""
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return quoted(text) + " is neither an IP address nor a network such as 10.0.0.0/8"
	}
	*into = prefix
	return ""
}

func decodeEach[T any](into *[]T, text string, decode func(*T, string) string) string {
	var wrong []string
	for _, item := range items(text) {
		var value T
		if what := decode(&value, item); what != "" {
			wrong = append(wrong, what)
		}
		*into = append(*into, value)
	}
	return strings.Join(wrong, ", ")
}

// items are the parts of a list divided by commas, blank ones left out.
func items(text string) []string {
	var all []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
		}
	}
	return all
}

// quoted is text for a message, cut where nobody reads on.
func quoted(text string) string {
	if len(text) > 80 {
		text = text[:80] + "…"
	}
	return strconv.Quote(text)
}
