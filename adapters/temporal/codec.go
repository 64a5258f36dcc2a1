package temporal

import (
	"fmt"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// Cipher seals bytes so that Temporal, its database and its backups hold nothing
// that can be read without our keys.
type Cipher interface {
	Seal(plain []byte) ([]byte, error)
	Open(sealed []byte) ([]byte, error)
}

// sealedEncoding marks a payload that is sealed. It is the name that Temporal's
// own samples and interfaces use.
const sealedEncoding = "binary/encrypted"

// codec seals payloads whole: the metadata inside tell how to decode.
type codec struct{ cipher Cipher }

var _ converter.PayloadCodec = codec{}

// Encode implements [converter.PayloadCodec].
func (c codec) Encode(payloads []*common.Payload) ([]*common.Payload, error) {
	out := make([]*common.Payload, len(payloads))
	for i, p := range payloads {
		if isSealed(p) {
			out[i] = p // what went through us on its way in is sent on as it is
			continue
		}
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("encode a payload: %w", err)
		}
		sealed, err := c.cipher.Seal(plain)
		if err != nil {
			return nil, err
		}
		out[i] = &common.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(sealedEncoding)}, Data: sealed,
		}
	}
	return out, nil
}

// Decode implements [converter.PayloadCodec]. What is not sealed passes: runs
// from before there were keys, and what a person types into Temporal's own
// interface.
func (c codec) Decode(payloads []*common.Payload) ([]*common.Payload, error) {
	out := make([]*common.Payload, len(payloads))
	for i, p := range payloads {
		if !isSealed(p) {
			out[i] = p
			continue
		}
		plain, err := c.cipher.Open(p.GetData())
		if err != nil {
			return nil, err
		}
		opened := new(common.Payload)
		if err := proto.Unmarshal(plain, opened); err != nil {
			return nil, fmt.Errorf("decode a payload: %w", err)
		}
		out[i] = opened
	}
	return out, nil
}

func isSealed(p *common.Payload) bool {
	return string(p.GetMetadata()[converter.MetadataEncoding]) == sealedEncoding
}

// sealing has everything that goes to Temporal sealed, and everything that
// comes back opened, on the wire: so no caller can forget to, whether it uses
// the client or the raw service. Messages and stacks of failures go with it.
// Search attributes stay readable, since Temporal must find by them. A worker
// without the key cannot take a task, and so cannot fail a run for want of it.
func sealing(c Cipher) ([]grpc.DialOption, error) {
	if c == nil {
		return nil, nil
	}
	failures, err := converter.NewFailureGRPCClientInterceptor(converter.NewFailureGRPCClientInterceptorOptions{EncodeCommonAttributes: true})
	if err != nil {
		return nil, fmt.Errorf("seal failures: %w", err)
	}
	payloads, err := converter.NewPayloadCodecGRPCClientInterceptor(converter.PayloadCodecGRPCClientInterceptorOptions{
		Codecs: []converter.PayloadCodec{codec{c}},
	})
	if err != nil {
		return nil, fmt.Errorf("seal payloads: %w", err)
	}
	return []grpc.DialOption{grpc.WithChainUnaryInterceptor(failures, payloads)}, nil
}
