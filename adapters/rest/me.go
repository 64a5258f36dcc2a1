package rest

import (
	"context"
	"net/http"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/membership"
)

func registerMe(r routes, m *membership.Members) {
	read(r, operation{
		ID: "get-me", Path: "/users/me", Tag: tagUsers, Needs: identity.ManageAccount,
		Summary: "Get the own user", Description: "Who is signed in. API keys are no users.",
	}, getMe(m))
	change(r, operation{
		ID: "update-me", Method: http.MethodPatch, Path: "/users/me", Tag: tagUsers, Needs: identity.ManageAccount,
		Errors: []int{http.StatusPreconditionFailed}, Summary: "Change the own user", Description: "Changes the own name.",
	}, updateMe(m))
}

type meInput struct{}

func getMe(m *membership.Members) func(context.Context, *meInput) (*userOutput, error) {
	return func(ctx context.Context, _ *meInput) (*userOutput, error) { return oneUser(m.Me(ctx)) }
}

type updateMeInput struct {
	IfMatch
	Body meJSON
}

type meJSON struct {
	Name string `json:"name" minLength:"1" maxLength:"100" example:"Ada King" doc:"The name to be."`
}

func updateMe(m *membership.Members) func(context.Context, *updateMeInput) (*userOutput, error) {
	return func(ctx context.Context, in *updateMeInput) (*userOutput, error) {
		return oneUser(m.Rename(ctx, in.Body.Name, guard(in.IfMatch, toUser)))
	}
}

func registerFactor(r routes, d *authenticating.Desk) {
	create(r, operation{
		ID: "set-up-second-factor", Path: "/users/me/totp", Tag: tagSignIn, Needs: identity.ManageAccount, Errors: []int{http.StatusConflict},
		Summary:     "Set up a second factor",
		Description: "Makes a secret for an authenticator app (RFC 6238). It holds once it is confirmed with a code.",
	}, enrol(d))
	change(r, operation{
		ID: "confirm-second-factor", Path: "/users/me/totp/confirm", Tag: tagSignIn, Needs: identity.ManageAccount,
		Errors: []int{http.StatusNotFound, http.StatusConflict}, Summary: "Confirm the second factor",
		Description: "From now on, signing in takes a code. Answers with ten recovery codes, shown this once, each good once.",
	}, confirm(d))
	change(r, operation{
		ID: "remove-second-factor", Path: "/users/me/totp/remove", Tag: tagSignIn, Needs: identity.ManageAccount, Status: http.StatusNoContent,
		Errors: []int{http.StatusNotFound}, Summary: "Remove the second factor", Description: "Takes the password and a code, or a recovery code.",
	}, unenrol(d))
}

type enrolmentJSON struct {
	Secret     string `json:"secret" example:"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" doc:"To be typed into the app, in base 32."`
	OTPAuthURL string `json:"otpauth_url" example:"otpauth://totp/Football%20Prediction:acme/ada@example.com?secret=JBSWY3DPEHPK3PXP" doc:"To be shown to the app as a QR code."`
}

type enrolInput struct{}

type enrolOutput struct {
	CacheControl string `header:"Cache-Control" doc:"no-store: nobody is to keep the answer."`
	Body         enrolmentJSON
}

func enrol(d *authenticating.Desk) func(context.Context, *enrolInput) (*enrolOutput, error) {
	return func(ctx context.Context, _ *enrolInput) (*enrolOutput, error) {
		e, err := d.Enrol(ctx)
		if err != nil {
			return nil, err
		}
		return &enrolOutput{CacheControl: keepNothing, Body: enrolmentJSON{Secret: e.Secret, OTPAuthURL: e.Address}}, nil
	}
}

type confirmInput struct{ Body codeJSON }

type codeJSON struct {
	Code string `json:"code" minLength:"6" maxLength:"6" pattern:"^[0-9]{6}$" patternDescription:"six digits" example:"492039" doc:"What the app shows."`
}

type recoveryJSON struct {
	RecoveryCodes []string `json:"recovery_codes" nullable:"false" example:"ABCD-EFGH-IJKL-MNOP" doc:"Each signs in once in place of a code. Keep them safe."`
}

type confirmOutput struct {
	CacheControl string `header:"Cache-Control" doc:"no-store: nobody is to keep the answer."`
	Body         recoveryJSON
}

func confirm(d *authenticating.Desk) func(context.Context, *confirmInput) (*confirmOutput, error) {
	return func(ctx context.Context, in *confirmInput) (*confirmOutput, error) {
		codes, err := d.Confirm(ctx, in.Body.Code)
		if err != nil {
			return nil, err
		}
		return &confirmOutput{CacheControl: keepNothing, Body: recoveryJSON{RecoveryCodes: codes}}, nil
	}
}

type unenrolInput struct{ Body unenrolJSON }

type unenrolJSON struct {
	Password string `json:"password" minLength:"1" maxLength:"1024" example:"correct horse battery" doc:"The own password."`
	Code     string `json:"code" minLength:"6" maxLength:"40" example:"492039" doc:"What the app shows, or a recovery code."`
}

func unenrol(d *authenticating.Desk) func(context.Context, *unenrolInput) (*struct{}, error) {
	return func(ctx context.Context, in *unenrolInput) (*struct{}, error) {
		return nil, d.Unenrol(ctx, in.Body.Password, in.Body.Code)
	}
}
