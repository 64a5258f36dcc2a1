package rest

import (
	"net/url"
	"sort"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Paging is the part of a list's input that says which page. It is exported
// because Huma sees no fields of an unexported embedded type.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items to return at most."`
	Cursor string `query:"cursor" maxLength:"1024" example:"AZzyog" doc:"Where to go on: next_cursor of the page before. All other parameters but limit stay as they were."`

	cursors cursors
	list    string
	after   *catalogue.Position
	url     url.URL
}

// Resolve reads the cursor once the parameters are known to have their shape.
func (p *Paging) Resolve(ctx huma.Context) []error {
	p.cursors, _ = ctx.Operation().Metadata[cursorsKey].(cursors)
	p.url = ctx.URL()
	p.list = listOf(ctx.Operation().OperationID, p.url.Path, p.url.Query())
	if p.Cursor == "" || len(p.Cursor) > maxCursor {
		return nil
	}
	after, err := p.cursors.decode(p.list, p.Cursor)
	if err != nil {
		return []error{&huma.ErrorDetail{Location: "query.cursor", Message: err.Error(), Value: p.Cursor}}
	}
	p.after = after
	return nil
}

// page asks for one item more than the caller wants, which tells whether there
// is another page. At the port's maximum a full page is taken to have one.
func (p *Paging) page() catalogue.Page {
	return catalogue.Page{After: p.after, Limit: min(p.Limit+1, catalogue.MaxLimit)}
}

// link is the address of the page after a position, relative to this one.
func (p *Paging) link(cursor string) string {
	query := p.url.Query()
	query.Set("cursor", cursor)
	return "<" + p.url.EscapedPath() + "?" + query.Encode() + `>; rel="next"`
}

// page is a page of a list as it goes over the wire.
type page[T any] struct {
	Items      []T     `json:"items" nullable:"false" doc:"The items of this page, in the list's order."`
	NextCursor *string `json:"next_cursor" example:"AZzyog" doc:"The cursor of the next page; null on the last."`
}

// listOutput is the answer of every list.
type listOutput[T any] struct {
	Link string `header:"Link" doc:"The address of the next page, with rel=\"next\"; absent on the last."`
	Body page[T]
}

func (o *listOutput[T]) told() (body any, link string) { return o.Body, o.Link }

// paged is the answer made of found, which [Paging.page] was asked for.
func paged[F, T any](in *Paging, found []F, at func(F) catalogue.Position, to func(F) T) *listOutput[T] {
	more := len(found) > in.Limit || len(found) == catalogue.MaxLimit
	found = found[:min(len(found), in.Limit)]
	out := &listOutput[T]{Body: page[T]{Items: make([]T, len(found))}}
	for i, f := range found {
		out.Body.Items[i] = to(f)
	}
	if more && len(found) > 0 {
		next := in.cursors.encode(in.list, at(found[len(found)-1]))
		out.Body.NextCursor = &next
		out.Link = in.link(next)
	}
	return out
}

// within is the part of all, which are in order of name, that in asks for. It
// serves lists that ports return whole because they are short.
func within[F any](in *Paging, all []F, at func(F) catalogue.Position) []F {
	if in.after != nil {
		all = all[sort.Search(len(all), func(i int) bool { return at(all[i]).Name > in.after.Name }):]
	}
	return all[:min(len(all), in.page().Limit)]
}

var _ huma.Resolver = (*Paging)(nil)
