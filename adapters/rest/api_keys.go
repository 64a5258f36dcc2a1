package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/issuing"
)

const tagKeys = "api keys"

func registerKeys(r routes, c *issuing.Clerk) {
	missing := []int{http.StatusNotFound}
	read(r, operation{
		ID: "list-api-keys", Path: "/api-keys", Tag: tagKeys, Needs: identity.ManageKeys,
		Summary: "List API keys", Description: "The API keys of the own tenant, in the order they were made, also those that no longer work. Their texts are kept nowhere.",
	}, listKeys(c))
	create(r, operation{
		ID: "create-api-key", Path: "/api-keys", Tag: tagKeys, Needs: identity.ManageKeys, Errors: []int{http.StatusConflict},
		Summary: "Make an API key", Description: "Makes a key and tells its text, this once. A key may do nothing that its maker may not. At most 100 keys of a tenant work at once.",
	}, createKey(c))
	read(r, operation{
		ID: "get-api-key", Path: "/api-keys/{id}", Tag: tagKeys, Needs: identity.ManageKeys, Errors: missing,
		Summary: "Get an API key", Description: "One API key of the own tenant, without its text.",
	}, getKey(c))
	change(r, operation{
		ID: "revoke-api-key", Method: http.MethodDelete, Path: "/api-keys/{id}", Tag: tagKeys, Needs: identity.ManageKeys, Errors: missing,
		Status: http.StatusNoContent, Summary: "Revoke an API key", Description: "Ends the key; it stops working within a second. Revoking it again changes nothing.",
	}, revokeKey(c))
}

// KeyJSON is an API key without its text. It is exported because Huma sees no
// fields of an unexported embedded type.
type KeyJSON struct {
	ID         string     `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The key's id."`
	Name       string     `json:"name" example:"reporting" doc:"What it is for."`
	Hint       string     `json:"hint" example:"fp_live_8Kx2" doc:"How its text begins, to tell keys apart."`
	Scopes     []string   `json:"scopes" nullable:"false" enum:"read,predict,manage,operate" example:"read" doc:"What it allows."`
	CreatedAt  time.Time  `json:"created_at" example:"2026-08-14T12:00:00Z" doc:"When it was made."`
	CreatedBy  string     `json:"created_by" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Who made it."`
	ExpiresAt  *time.Time `json:"expires_at" example:"2027-08-14T12:00:00Z" doc:"When it stops working; null for never."`
	LastUsedAt *time.Time `json:"last_used_at" example:"2026-08-20T08:30:00Z" doc:"When it was last used, to the minute; null for never."`
	RevokedAt  *time.Time `json:"revoked_at" example:"2026-09-01T12:00:00Z" doc:"When it was revoked; null while it was not."`
}

func toKey(k access.Key) KeyJSON {
	scopes := make([]string, len(k.Scopes))
	for i, s := range k.Scopes {
		scopes[i] = string(s)
	}
	return KeyJSON{
		ID: k.ID, Name: k.Name, Hint: k.Hint, Scopes: scopes, CreatedAt: k.CreatedAt.UTC(), CreatedBy: k.CreatedBy,
		ExpiresAt: known(k.ExpiresAt), LastUsedAt: known(k.LastUsedAt), RevokedAt: known(k.RevokedAt),
	}
}

type newKeyJSON struct {
	KeyJSON
	Key string `json:"key" example:"fp_live_8Kx2mQ7c…" doc:"The key itself, sent as X-API-Key. It is shown this once."`
}

type listKeysInput struct{ Paging }

func listKeys(c *issuing.Clerk) func(context.Context, *listKeysInput) (*listOutput[KeyJSON], error) {
	at := func(k access.Key) catalogue.Position { return catalogue.Position{ID: k.ID} }
	return func(ctx context.Context, in *listKeysInput) (*listOutput[KeyJSON], error) {
		found, err := c.List(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toKey), nil
	}
}

type createKeyInput struct{ Body keyRequestJSON }

type keyRequestJSON struct {
	Name      string     `json:"name" minLength:"1" maxLength:"100" example:"reporting" doc:"What it is for."`
	Scopes    []string   `json:"scopes" nullable:"false" minItems:"1" maxItems:"4" uniqueItems:"true" enum:"read,predict,manage,operate" example:"read" doc:"What it allows: to read, to predict for users, to run the tenant, to run the platform."`
	ExpiresAt *time.Time `json:"expires_at,omitempty" example:"2027-08-14T12:00:00Z" doc:"When it stops working; left out for never."`
}

type createKeyOutput struct {
	CacheControl string `header:"Cache-Control" doc:"no-store: nobody is to keep the answer."`
	Body         newKeyJSON
}

func createKey(c *issuing.Clerk) func(context.Context, *createKeyInput) (*createKeyOutput, error) {
	return func(ctx context.Context, in *createKeyInput) (*createKeyOutput, error) {
		request := access.Request{Name: in.Body.Name}
		for _, text := range in.Body.Scopes {
			scope, err := access.ParseScope(text)
			if err != nil {
				return nil, err
			}
			request.Scopes = append(request.Scopes, scope)
		}
		if in.Body.ExpiresAt != nil {
			request.ExpiresAt = in.Body.ExpiresAt.UTC()
		}
		key, kept, err := c.Create(ctx, request)
		if err != nil {
			return nil, err
		}
		return &createKeyOutput{CacheControl: keepNothing, Body: newKeyJSON{KeyJSON: toKey(kept), Key: key}}, nil
	}
}

type keyInput struct {
	ID idParam `path:"id" doc:"The key's id."`
}

type keyOutput struct{ Body KeyJSON }

func getKey(c *issuing.Clerk) func(context.Context, *keyInput) (*keyOutput, error) {
	return func(ctx context.Context, in *keyInput) (*keyOutput, error) {
		k, err := c.Get(ctx, in.ID.text)
		if err != nil {
			return nil, err
		}
		return &keyOutput{Body: toKey(k)}, nil
	}
}

func revokeKey(c *issuing.Clerk) func(context.Context, *keyInput) (*struct{}, error) {
	return func(ctx context.Context, in *keyInput) (*struct{}, error) { return nil, c.Revoke(ctx, in.ID.text) }
}
