package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/membership"
)

const tagUsers = "users"

func registerUsers(r routes, m *membership.Members) {
	missing := []int{http.StatusNotFound}
	changed := []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	read(r, operation{
		ID: "list-users", Path: "/users", Tag: tagUsers, Needs: identity.ManageUsers,
		Summary: "List users", Description: "The users of the own tenant, in the order they came.",
	}, listUsers(m))
	create(r, operation{
		ID: "invite-user", Path: "/users", Tag: tagUsers, Needs: identity.ManageUsers, Errors: []int{http.StatusConflict},
		Summary:     "Invite a user",
		Description: "Makes a user and mails him a token to set a password with. Users count towards the plan's seats (429 when all are taken).",
	}, inviteUser(m))
	read(r, operation{
		ID: "get-user", Path: "/users/{id}", Tag: tagUsers, Needs: identity.ManageUsers, Errors: missing,
		Summary: "Get a user", Description: "One user of the own tenant.",
	}, getUser(m))
	change(r, operation{
		ID: "update-user", Method: http.MethodPatch, Path: "/users/{id}", Tag: tagUsers, Needs: identity.ManageUsers, Errors: changed,
		Summary: "Change a user", Description: "Changes the name, or whether the user may sign in. Being disabled ends the user's sessions within a second.",
	}, updateUser(m))
	change(r, operation{
		ID: "delete-user", Method: http.MethodDelete, Path: "/users/{id}", Tag: tagUsers, Needs: identity.ManageUsers, Errors: changed,
		Status: http.StatusNoContent, Summary: "Delete a user",
		Description: "Deletes the user with all that is his, and erases his personal data from the audit log. The last one who may manage users stays.",
	}, deleteUser(m))
	change(r, operation{
		ID: "set-user-role", Method: http.MethodPut, Path: "/users/{id}/roles", Tag: tagUsers, Needs: identity.ManageUsers, Errors: changed,
		Summary:     "Give a user a role",
		Description: "Replaces the user's role and ends his sessions. The roles of the platform are given by platform administrators, in the platform's own tenant.",
	}, setUserRole(m))
	registerMe(r, m)
}

type userJSON struct {
	ID        string    `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The user's id."`
	Email     string    `json:"email" example:"ada@example.com" doc:"The e-mail address that the user signs in with."`
	Name      string    `json:"name" example:"Ada Lovelace" doc:"The user's name."`
	Role      string    `json:"role" enum:"viewer,analyst,tenant_admin,operator,platform_admin" example:"analyst" doc:"What the user may do."`
	Disabled  bool      `json:"disabled" example:"false" doc:"Whether the user may not sign in."`
	Invited   bool      `json:"invited" example:"false" doc:"Whether the user has not set a password yet."`
	CreatedAt time.Time `json:"created_at" example:"2026-08-14T12:00:00Z" doc:"When the user was made."`
	UpdatedAt time.Time `json:"updated_at" example:"2026-08-14T12:00:00Z" doc:"When the user was last changed."`
}

func toUser(u identity.User) userJSON {
	return userJSON{
		ID: u.ID, Email: u.Email, Name: u.Name, Role: string(u.Role), Disabled: !u.DisabledAt.IsZero(), Invited: u.Password == "",
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}
}

type userOutput struct{ Body userJSON }

func oneUser(u identity.User, err error) (*userOutput, error) {
	if err != nil {
		return nil, err
	}
	return &userOutput{Body: toUser(u)}, nil
}

type listUsersInput struct{ Paging }

func listUsers(m *membership.Members) func(context.Context, *listUsersInput) (*listOutput[userJSON], error) {
	at := func(u identity.User) catalogue.Position { return catalogue.Position{ID: u.ID} }
	return func(ctx context.Context, in *listUsersInput) (*listOutput[userJSON], error) {
		found, err := m.List(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toUser), nil
	}
}

type inviteUserInput struct{ Body invitationJSON }

type invitationJSON struct {
	Email string `json:"email" minLength:"3" maxLength:"254" example:"ada@example.com" doc:"Where the invitation goes, and what the user signs in with."`
	Name  string `json:"name" minLength:"1" maxLength:"100" example:"Ada Lovelace" doc:"The user's name."`
	Role  string `json:"role" enum:"viewer,analyst,tenant_admin,operator,platform_admin" example:"analyst" doc:"What the user may do."`
}

func inviteUser(m *membership.Members) func(context.Context, *inviteUserInput) (*userOutput, error) {
	return func(ctx context.Context, in *inviteUserInput) (*userOutput, error) {
		return oneUser(m.Invite(ctx, membership.Invitation{Email: in.Body.Email, Name: in.Body.Name, Role: identity.Role(in.Body.Role)}))
	}
}

type userInput struct {
	ID idParam `path:"id" doc:"The user's id."`
}

func getUser(m *membership.Members) func(context.Context, *userInput) (*userOutput, error) {
	return func(ctx context.Context, in *userInput) (*userOutput, error) { return oneUser(m.Get(ctx, in.ID.text)) }
}

type updateUserInput struct {
	IfMatch
	ID   idParam `path:"id" doc:"The user's id."`
	Body userChangeJSON
}

type userChangeJSON struct {
	Name     *string `json:"name,omitempty" minLength:"1" maxLength:"100" example:"Ada King" doc:"The name to be."`
	Disabled *bool   `json:"disabled,omitempty" example:"true" doc:"Whether the user may not sign in."`
}

func updateUser(m *membership.Members) func(context.Context, *updateUserInput) (*userOutput, error) {
	return func(ctx context.Context, in *updateUserInput) (*userOutput, error) {
		return oneUser(m.Change(ctx, in.ID.text, membership.Change{Name: in.Body.Name, Disabled: in.Body.Disabled, Guard: guard(in.IfMatch, toUser)}))
	}
}

type deleteUserInput struct {
	IfMatch
	ID idParam `path:"id" doc:"The user's id."`
}

func deleteUser(m *membership.Members) func(context.Context, *deleteUserInput) (*struct{}, error) {
	return func(ctx context.Context, in *deleteUserInput) (*struct{}, error) {
		return nil, m.Remove(ctx, in.ID.text, guard(in.IfMatch, toUser))
	}
}

type setUserRoleInput struct {
	IfMatch
	ID   idParam `path:"id" doc:"The user's id."`
	Body roleJSON
}

type roleJSON struct {
	Role string `json:"role" enum:"viewer,analyst,tenant_admin,operator,platform_admin" example:"tenant_admin" doc:"What the user may do."`
}

func setUserRole(m *membership.Members) func(context.Context, *setUserRoleInput) (*userOutput, error) {
	return func(ctx context.Context, in *setUserRoleInput) (*userOutput, error) {
		role := identity.Role(in.Body.Role)
		return oneUser(m.Change(ctx, in.ID.text, membership.Change{Role: &role, Guard: guard(in.IfMatch, toUser)}))
	}
}
