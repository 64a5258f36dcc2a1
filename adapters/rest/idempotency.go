package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/repeating"
)

const (
	repeatHeader  = "Idempotency-Key"
	againHeader   = "Idempotency-Replayed"
	repeatableKey = "repeatable"
	maxRepeatKey  = 255
)

// repeatable tells the answer of a request that is sent again with the same
// Idempotency-Key, where the operation can do that. It stands behind all that
// may refuse the caller.
func repeatable(api huma.API, ledger *repeating.Ledger, log *zap.Logger) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		key := ctx.Header(repeatHeader)
		can, _ := ctx.Operation().Metadata[repeatableKey].(bool)
		if key == "" || !can || ledger == nil {
			next(ctx)
			return
		}
		if err := validRepeatKey(key); err != nil {
			refuseContext(api, ctx, log, err)
			return
		}
		body, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), ctx.Operation().MaxBodyBytes+1))
		if err != nil {
			refuseContext(api, ctx, log, problem(http.StatusBadRequest, codeOf[http.StatusBadRequest], "the body could not be read"))
			return
		}
		address := ctx.URL()
		held := &heldContext{humaContext: ctx, body: bytes.NewReader(body), status: http.StatusOK, header: http.Header{}}
		answer, again, err := ledger.Serve(ctx.Context(), repeating.Request{
			Key: key, Operation: ctx.Operation().OperationID, Text: fmt.Appendf(nil, "%s\x00%s\x00%s", address.EscapedPath(), address.RawQuery, body),
		}, func() repeating.Answer {
			next(held)
			return repeating.Answer{Status: held.status, ContentType: held.header.Get("Content-Type"), Body: held.out.Bytes()}
		})
		switch {
		case err != nil && held.status < http.StatusBadRequest && held.served:
			// It was done, and the answer could not be kept: the caller is told
			// what was done all the same.
			log.Error("an answer was not kept", zap.Error(err))
			held.send()
		case err != nil:
			refuseContext(api, ctx, log, err)
		case again:
			tellAgain(ctx, answer)
		default:
			held.send()
		}
	}
}

func validRepeatKey(key string) error {
	visible := func() bool {
		for _, c := range []byte(key) {
			if c < 0x21 || c > 0x7e {
				return false
			}
		}
		return true
	}
	if len(key) > maxRepeatKey || !visible() {
		return domain.Errorf(domain.Invalid, "idempotency.key", "an Idempotency-Key has 1 to %d visible ASCII characters, such as a UUID", maxRepeatKey)
	}
	return nil
}

func tellAgain(ctx huma.Context, a repeating.Answer) {
	ctx.SetHeader(againHeader, "true")
	ctx.SetHeader("Cache-Control", keepNothing)
	if a.ContentType != "" {
		ctx.SetHeader("Content-Type", a.ContentType)
	}
	if at, _ := ctx.Operation().Metadata[locatedKey].(string); at != "" {
		ctx.SetHeader("Location", at+idIn(a.Body))
	}
	ctx.SetStatus(a.Status)
	_, _ = ctx.BodyWriter().Write(a.Body) // it is buffered
}

// idIn is the id of what a body tells of.
func idIn(body []byte) string {
	var told struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(body, &told) // we wrote it
	return told.ID
}

// heldContext holds an answer back until it is known whether it was kept.
type heldContext struct {
	humaContext
	body   io.Reader
	status int
	served bool
	header http.Header
	out    bytes.Buffer
}

func (h *heldContext) BodyReader() io.Reader { return h.body }
func (h *heldContext) BodyWriter() io.Writer { return &h.out }

func (h *heldContext) SetStatus(status int)            { h.status, h.served = status, true }
func (h *heldContext) Status() int                     { return h.status }
func (h *heldContext) SetHeader(name, value string)    { h.header.Set(name, value) }
func (h *heldContext) AppendHeader(name, value string) { h.header.Add(name, value) }

func (h *heldContext) send() {
	for name, values := range h.header {
		for i, value := range values {
			if i == 0 {
				h.humaContext.SetHeader(name, value)
			} else {
				h.humaContext.AppendHeader(name, value)
			}
		}
	}
	h.humaContext.SetStatus(h.status)
	_, _ = h.humaContext.BodyWriter().Write(h.out.Bytes()) // it is buffered
}

// repeatParameter is how the document tells of the header.
func repeatParameter() *huma.Param {
	most := maxRepeatKey
	return &huma.Param{
		Name: repeatHeader, In: "header",
		Description: "Makes the request safe to send again for a day: with the same key and body, the first good answer is told again, with Idempotency-Replayed: true. " +
			"With another body it is refused (422), and while the first is still being served too (409).",
		Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most, Examples: []any{exampleID}},
	}
}
