package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
)

// fingerprint is what identifies a file's content: the server's validators, to
// be spared the download, and a hash, for servers that have none or change
// them without need. It travels as one string.
type fingerprint struct{ etag, modified, sum string }

func fingerprintOf(h http.Header, body []byte) fingerprint {
	sum := sha256.Sum256(body)
	return fingerprint{etag: h.Get("ETag"), modified: h.Get("Last-Modified"), sum: hex.EncodeToString(sum[:])}
}

// parseFingerprint reads what String writes; anything else is no fingerprint.
func parseFingerprint(text string) fingerprint {
	values, err := url.ParseQuery(text)
	if err != nil {
		return fingerprint{}
	}
	return fingerprint{etag: values.Get("etag"), modified: values.Get("modified"), sum: values.Get("sha256")}
}

func (f fingerprint) String() string {
	values := url.Values{"sha256": {f.sum}}
	if f.etag != "" {
		values.Set("etag", f.etag)
	}
	if f.modified != "" {
		values.Set("modified", f.modified)
	}
	return values.Encode()
}

// ask makes a request conditional.
func (f fingerprint) ask(h http.Header) {
	if f.etag != "" {
		h.Set("If-None-Match", f.etag)
	}
	if f.modified != "" {
		h.Set("If-Modified-Since", f.modified)
	}
}
