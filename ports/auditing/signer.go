package auditing

// Signer signs what is to be believed later. It is safe for use by many at once.
type Signer interface {
	// Sign returns the signature of text.
	Sign(text []byte) ([]byte, error)
	// Verify returns an error unless signature is of text, by a key still known.
	Verify(signature, text []byte) error
}
