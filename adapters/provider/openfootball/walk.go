package openfootball

import (
	"encoding/json"
	"fmt"
)

// object walks the members of an object; visit reads the value.
func (p *parser) object(visit func(name string) error) error {
	if err := p.expect('{'); err != nil {
		return err
	}
	for p.decoder.More() {
		token, err := p.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if err := visit(name); err != nil {
			return err
		}
	}
	_, err := p.decoder.Token()
	return err
}

// list walks an array; visit reads the element.
func (p *parser) list(visit func() error) error {
	if err := p.expect('['); err != nil {
		return err
	}
	for p.decoder.More() {
		if err := visit(); err != nil {
			return err
		}
	}
	_, err := p.decoder.Token()
	return err
}

func (p *parser) expect(delimiter json.Delim) error {
	token, err := p.decoder.Token()
	if err != nil {
		return err
	}
	if token != delimiter {
		return fmt.Errorf("a %q is needed here", delimiter.String())
	}
	return nil
}

func (p *parser) skip() error {
	var value json.RawMessage
	return p.decoder.Decode(&value)
}
