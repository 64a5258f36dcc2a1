package rest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/ports/caching"
)

// answersVersion counts up with every change of [answer].
const answersVersion = 1

// answersPolicy is how long answers that are alike for all are told again.
func answersPolicy(a caching.Area) caching.Policy {
	return caching.Policy{Area: a, Version: answersVersion, Fresh: 5 * time.Second, Life: 10 * time.Second, Alone: time.Second}
}

// answers keeps what shared operations answered, ready to be sent. It stands
// behind the check of credentials and holds nothing that depends on who asks.
type answers struct {
	api   huma.API
	areas map[caching.Area]*caching.Cache[answer]
}

// answer is what is sent. Its fields are exported to be written.
type answer struct {
	Body []byte
	Tag  string
	Link string
}

func newAnswers(api huma.API, h *caching.House) *answers {
	a := &answers{api: api, areas: make(map[caching.Area]*caching.Cache[answer])}
	for _, area := range []caching.Area{caching.Football, caching.Forecasts} {
		a.areas[area] = caching.New(h, answersPolicy(area), caching.JSON[answer]())
	}
	return a
}

// serve is a middleware. What is in memory is sent without even reading the
// parameters; for the rest the operation's handler, which [share] has wrapped,
// puts the answer into the question.
func (a *answers) serve(ctx huma.Context, next func(huma.Context)) {
	area, _ := ctx.Operation().Metadata[sharedKey].(caching.Area)
	kept := a.areas[area]
	if kept == nil {
		next(ctx)
		return
	}
	q := &question{cache: kept, key: keyOf(ctx.URL())}
	if found, ok := kept.Peek(q.key); ok {
		found.tell(ctx)
		return
	}
	next(&answering{humaContext: huma.WithContext(ctx, context.WithValue(ctx.Context(), questionKey{}, q)), question: q})
	if q.answered {
		q.answer.tell(ctx)
	}
}

// keyOf is what was asked: the path, and the parameters in one order.
func keyOf(address url.URL) caching.Key {
	if address.RawQuery == "" {
		return caching.Key{Name: address.EscapedPath()}
	}
	return caching.Key{Name: caching.Name(address.EscapedPath(), address.Query())}
}

func (found answer) tell(ctx huma.Context) {
	ctx.SetHeader("Content-Type", "application/json")
	ctx.SetHeader("ETag", found.Tag)
	if found.Link != "" {
		ctx.SetHeader("Link", found.Link)
	}
	ctx.SetStatus(http.StatusOK)
	_, _ = ctx.BodyWriter().Write(found.Body) // it is buffered
}

// question is a request for a shared answer on its way through Huma.
type question struct {
	cache    *caching.Cache[answer]
	key      caching.Key
	answer   answer
	answered bool
}

type questionKey struct{}

// told is the output of a shared operation: its body, and its Link if it has one.
type told[O any] interface {
	*O
	told() (body any, link string)
}

// share makes a handler answer from what is kept. It may be called again, with
// the same input, after its request is over: to renew what is kept.
func share[I, O any, P told[O]](a *answers, h func(context.Context, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		q, ok := ctx.Value(questionKey{}).(*question)
		if !ok {
			return h(ctx, in)
		}
		var err error
		q.answer, err = q.cache.Get(ctx, q.key, func(ctx context.Context) (answer, error) {
			out, err := h(ctx, in)
			if err != nil {
				return answer{}, err
			}
			return a.write(P(out).told())
		})
		q.answered = err == nil
		return nil, err
	}
}

func (a *answers) write(body any, link string) (answer, error) {
	var text bytes.Buffer
	if err := a.api.Marshal(&text, "application/json", body); err != nil {
		return answer{}, err
	}
	return answer{Body: text.Bytes(), Tag: entityTag(text.Bytes()), Link: link}, nil
}

// humaContext lets a type embed the interface without its field hiding the
// method of that name.
type humaContext = huma.Context

// answering lets problems through, and nothing once there is an answer.
type answering struct {
	humaContext
	question *question
}

func (c *answering) SetStatus(status int) {
	if !c.question.answered {
		c.humaContext.SetStatus(status)
	}
}

func (c *answering) SetHeader(name, value string) {
	if !c.question.answered {
		c.humaContext.SetHeader(name, value)
	}
}

func (c *answering) AppendHeader(name, value string) {
	if !c.question.answered {
		c.humaContext.AppendHeader(name, value)
	}
}

func (c *answering) BodyWriter() io.Writer {
	if c.question.answered {
		return io.Discard
	}
	return c.humaContext.BodyWriter()
}
