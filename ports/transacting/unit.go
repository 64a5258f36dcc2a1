// Package transacting lets a use case make several changes at once or none.
package transacting

import "context"

// Unit is a unit of work.
type Unit interface {
	// Within runs use in one transaction inside the walls of a tenant; whatever
	// stores use calls with its context join it. An error of use undoes all and
	// is returned as it is. Nothing but stores may be called inside: a mail
	// cannot be undone, and a slow hash would hold a connection.
	Within(ctx context.Context, tenantID string, use func(ctx context.Context) error) error
}
