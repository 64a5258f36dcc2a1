package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// entityTag is a strong tag: two answers share it only when they are the same,
// byte for byte.
func entityTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// hasTag reports whether the caller's If-None-Match names tag. The comparison
// is the weak one, as RFC 9110 section 13.1.2 asks.
func hasTag(fields []string, tag string) bool {
	for _, field := range fields {
		for one := range strings.SplitSeq(field, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}
