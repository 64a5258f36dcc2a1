package rest

import (
	"context"
	"net/http"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

const tagSignIn = "sign-in"

func registerSignIn(closed, open routes, d *authenticating.Desk) {
	refused := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests}
	change(open, operation{
		ID: "sign-in", Path: "/auth/login", Tag: tagSignIn, Errors: refused,
		Summary: "Sign in",
		Description: "Gives an access token for a quarter of an hour, and a refresh token that gets the next pair. " +
			"Whatever is wrong with tenant, address or password, the answer is the same. Networks that fail often wait longer and longer (429).",
	}, signIn(d))
	change(open, operation{
		ID: "refresh-session", Path: "/auth/refresh", Tag: tagSignIn, Errors: refused[:1],
		Summary: "Get the next pair of tokens",
		Description: "Exchanges a refresh token, which is good once. When the answer was lost, the same token may be sent again within 30 seconds. " +
			"A token that was used before means that two parties have it: the session ends for both.",
	}, refresh(d))
	change(closed, operation{
		ID: "sign-out", Path: "/auth/logout", Tag: tagSignIn, Needs: identity.ManageAccount, Status: http.StatusNoContent,
		Summary: "Sign out", Description: "Ends the session of the access token, or all of the user's sessions. Its tokens stop working within a second.",
	}, signOut(d))
	change(closed, operation{
		ID: "change-password", Path: "/auth/password/change", Tag: tagSignIn, Needs: identity.ManageAccount, Status: http.StatusNoContent,
		Summary: "Change the own password", Description: "Replaces the password and ends the user's other sessions.",
	}, changePassword(d))
	change(open, operation{
		ID: "request-password-reset", Path: "/auth/password/forgot", Tag: tagSignIn, Status: http.StatusAccepted,
		Summary:     "Ask for a mail to reset the password",
		Description: "Mails a token that is good for an hour, if there is such a user. The answer is the same when there is none.",
	}, forgotPassword(d))
	change(open, operation{
		ID: "reset-password", Path: "/auth/password/reset", Tag: tagSignIn, Status: http.StatusNoContent,
		Summary: "Set a password by a mailed token", Description: "Sets the password, of an invited user for the first time, and ends all of the user's sessions. A token is good once.",
	}, resetPassword(d))
}

type signInInput struct {
	Body credentialsJSON
}

type credentialsJSON struct {
	Tenant   string `json:"tenant" minLength:"1" maxLength:"40" example:"acme" doc:"The tenant's short name."`
	Email    string `json:"email" minLength:"1" maxLength:"254" example:"ada@example.com" doc:"The user's e-mail address."`
	Password string `json:"password" minLength:"1" maxLength:"1024" example:"correct horse battery" doc:"The password."`
	TOTP     string `json:"totp,omitempty" maxLength:"40" example:"492039" doc:"The six digits of the authenticator app, or a recovery code; needed by users with a second factor."`
}

type passJSON struct {
	AccessToken  string   `json:"access_token" example:"eyJhbGciOiJIUzI1NiIs…" doc:"Sent as Authorization: Bearer."`
	TokenType    string   `json:"token_type" enum:"Bearer" example:"Bearer" doc:"How the token is sent."`
	ExpiresIn    int      `json:"expires_in" minimum:"0" example:"900" doc:"For how many seconds the access token is good."`
	RefreshToken string   `json:"refresh_token" example:"eyJhbGciOiJIUzI1NiIs…" doc:"Gets the next pair of tokens, once."`
	User         userJSON `json:"user" doc:"Who signed in."`
}

type passOutput struct {
	CacheControl string `header:"Cache-Control" doc:"no-store: nobody is to keep the answer."`
	Body         passJSON
}

func toPass(p authenticating.Pass) *passOutput {
	return &passOutput{CacheControl: keepNothing, Body: passJSON{
		AccessToken: p.Access, TokenType: "Bearer", ExpiresIn: int(p.Expires.Seconds()), RefreshToken: p.Refresh, User: toUser(p.User),
	}}
}

func signIn(d *authenticating.Desk) func(context.Context, *signInInput) (*passOutput, error) {
	return func(ctx context.Context, in *signInInput) (*passOutput, error) {
		pass, err := d.SignIn(ctx, authenticating.Credentials{
			Tenant: in.Body.Tenant, Email: in.Body.Email, Password: in.Body.Password, Code: in.Body.TOTP,
		})
		if err != nil {
			return nil, err
		}
		return toPass(pass), nil
	}
}

type refreshInput struct{ Body refreshJSON }

type refreshJSON struct {
	RefreshToken string `json:"refresh_token" minLength:"1" maxLength:"2048" example:"eyJhbGciOiJIUzI1NiIs…" doc:"The refresh token of the last answer."`
}

func refresh(d *authenticating.Desk) func(context.Context, *refreshInput) (*passOutput, error) {
	return func(ctx context.Context, in *refreshInput) (*passOutput, error) {
		pass, err := d.Refresh(ctx, in.Body.RefreshToken)
		if err != nil {
			return nil, err
		}
		return toPass(pass), nil
	}
}

type signOutInput struct{ Body signOutJSON }

type signOutJSON struct {
	All bool `json:"all,omitempty" example:"false" doc:"Whether to end all of the user's sessions, on every device."`
}

func signOut(d *authenticating.Desk) func(context.Context, *signOutInput) (*struct{}, error) {
	return func(ctx context.Context, in *signOutInput) (*struct{}, error) {
		return nil, d.SignOut(ctx, in.Body.All)
	}
}

type changePasswordInput struct{ Body changePasswordJSON }

type changePasswordJSON struct {
	OldPassword string `json:"old_password" minLength:"1" maxLength:"1024" example:"correct horse battery" doc:"The password as it is."`
	Password    string `json:"password" minLength:"12" maxLength:"1024" example:"a sturdy bridge over water" doc:"The password to be: 12 to 128 characters, none of the commonest."`
}

func changePassword(d *authenticating.Desk) func(context.Context, *changePasswordInput) (*struct{}, error) {
	return func(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
		return nil, d.ChangePassword(ctx, in.Body.OldPassword, in.Body.Password)
	}
}

type forgotPasswordInput struct{ Body forgotPasswordJSON }

type forgotPasswordJSON struct {
	Tenant string `json:"tenant" minLength:"1" maxLength:"40" example:"acme" doc:"The tenant's short name."`
	Email  string `json:"email" minLength:"1" maxLength:"254" example:"ada@example.com" doc:"The user's e-mail address."`
}

func forgotPassword(d *authenticating.Desk) func(context.Context, *forgotPasswordInput) (*struct{}, error) {
	return func(ctx context.Context, in *forgotPasswordInput) (*struct{}, error) {
		return nil, d.Forgot(ctx, in.Body.Tenant, in.Body.Email)
	}
}

type resetPasswordInput struct{ Body resetPasswordJSON }

type resetPasswordJSON struct {
	Token    string `json:"token" minLength:"1" maxLength:"2048" example:"eyJhbGciOiJIUzI1NiIs…" doc:"The token of the mail."`
	Password string `json:"password" minLength:"12" maxLength:"1024" example:"a sturdy bridge over water" doc:"The password to be: 12 to 128 characters, none of the commonest."`
}

func resetPassword(d *authenticating.Desk) func(context.Context, *resetPasswordInput) (*struct{}, error) {
	return func(ctx context.Context, in *resetPasswordInput) (*struct{}, error) {
		return nil, d.Reset(ctx, in.Body.Token, in.Body.Password)
	}
}
