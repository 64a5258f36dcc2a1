package access

import "github.com/football-prediction/football-prediction/domain"

// Scope is what an API key allows.
type Scope string

// The scopes. What each allows stands in the table of permissions.
const (
	Read    Scope = "read"    // look at everything but who did what
	Predict Scope = "predict" // make predictions
	Manage  Scope = "manage"  // run the tenant: its settings, users and audit log
	Operate Scope = "operate" // run the platform: promote models, start workflows
)

// Scopes are all scopes.
var Scopes = []Scope{Read, Predict, Manage, Operate}

// ParseScope returns the scope that text names.
func ParseScope(text string) (Scope, error) {
	for _, s := range Scopes {
		if string(s) == text {
			return s, nil
		}
	}
	return "", domain.Errorf(domain.Invalid, "access.scope", "%q is no scope; say read, predict, manage or operate", text).In("scopes")
}
