package rest

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"
)

// documentVersion is the version of the contract, not of the program: it is
// raised when the contract changes.
const documentVersion = "1.1.0"

// The areas that the document sorts operations into.
const (
	tagFootball  = "football"
	tagForecasts = "forecasts"
	tagModels    = "models"
	tagQuality   = "data quality"
	tagHealth    = "health"
)

const description = `Forecasts of football matches, and what they rest on.

Machines send an API key in X-API-Key. People sign in and send the access token as Authorization: Bearer. Lists are paged: ask again with next_cursor, or follow the Link header.
Every GET answers with a strong ETag; send it back as If-None-Match to be told 304 when nothing has changed.
Calls are let through evenly, up to the quota of the tenant's plan: RateLimit tells what is left, and 429 with Retry-After when to come back.
What creates takes an Idempotency-Key, and can then be sent again safely. What changes takes If-Match.
Errors are problem documents (RFC 9457) whose type is a stable name.
X-Request-ID is echoed; quote it when you report a problem.`

// document is the configuration of Huma: JSON only, our own addresses for the
// documents, and no schema links in the answers.
func document(log *zap.Logger) huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Football Prediction", Version: documentVersion, Description: description,
				License: &huma.License{Name: "Apache-2.0", URL: "https://www.apache.org/licenses/LICENSE-2.0"},
				Contact: &huma.Contact{Name: "Football Prediction", URL: "https://github.com/football-prediction/football-prediction"},
			},
			Servers: []*huma.Server{{URL: "/", Description: "This server."}},
			Tags: []*huma.Tag{
				{Name: tagFootball, Description: "Competitions, tables, teams, matches and odds."},
				{Name: tagForecasts, Description: "What is expected of matches."},
				{Name: tagModels, Description: "The models that forecast, and how good they are."},
				{Name: tagQuality, Description: "The state of the data."},
				{Name: tagUsage, Description: "What the own tenant uses of its plan."},
				{Name: tagPredictions, Description: "What users predict, and how they do."},
				{Name: tagSignIn, Description: "Getting in as a person, and out."},
				{Name: tagUsers, Description: "The users of the own tenant, and the own user."},
				{Name: tagTenants, Description: "The own tenant; for those who run the platform, all of them."},
				{Name: tagKeys, Description: "Credentials of the own tenant's programs."},
				{Name: tagAudit, Description: "What happened in the own tenant."},
				{Name: tagOperations, Description: "What runs for long: starting, watching, approving and aborting it. For those who run the platform."},
				{Name: tagIncidents, Description: "What is wrong, and who is on it. For those who run the platform."},
				{Name: tagHealth, Description: "The state of this server. Needs no credential."},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					keyScheme:    {Type: "apiKey", In: "header", Name: keyHeader, Description: "An API key of your tenant, for machines."},
					bearerScheme: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "An access token of a signed-in user."},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{complete(log)},
	}
}

// schemaName leaves out of a wire type's name what only matters here:
// matchJSON is Match, page[matchJSON] is MatchPage.
func schemaName(t reflect.Type, hint string) string {
	switch t {
	case reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[*huma.ErrorModel]():
		return "Problem"
	case reflect.TypeFor[huma.ErrorDetail](), reflect.TypeFor[*huma.ErrorDetail]():
		return "ProblemDetail"
	}
	name := huma.DefaultSchemaNamer(t, hint)
	item, isPage := strings.CutPrefix(name, "Page")
	name = strings.ReplaceAll(name, "JSON", "")
	if isPage {
		return strings.ReplaceAll(item, "JSON", "") + "Page"
	}
	return name
}

// finishDocument puts our words where Huma has its own.
func finishDocument(o *huma.OpenAPI) {
	schemas := o.Components.Schemas.Map()
	p := schemas["Problem"]
	if p == nil {
		return
	}
	p.Description = "A problem as RFC 9457 describes it."
	examples := map[string]any{
		"type": problemPrefix + "match.unknown", "title": "Not Found", "status": 404, "detail": "there is no such match",
		"instance": "urn:football-prediction:request:" + exampleID,
	}
	for name, example := range examples {
		p.Properties[name].Examples = []any{example}
	}
	p.Properties["type"].Description = "A stable name of the kind of problem."
	p.Properties["type"].Default = nil
	p.Properties["instance"].Description = "The request it happened in."
	p.Properties["title"].Description = "The status in words."
	p.Properties["status"].Description = "The HTTP status."
	p.Properties["detail"].Description = "What is wrong here, and what would be right."
	p.Properties["errors"].Description = "Each place that is wrong, where there are several."
	p.Required = []string{"type", "title", "status", "detail", "instance"}
	d := schemas["ProblemDetail"]
	for name, example := range map[string]any{"location": "query.limit", "message": "expected number <= 200", "value": 1000} {
		d.Properties[name].Examples = []any{example}
	}
	d.Properties["location"].Description = "Where: body, query, path or header, and the name of the value."
	d.Properties["message"].Description = "What is wrong with it."
	d.Properties["value"].Description = "What was sent, if it is short and no secret."
}
