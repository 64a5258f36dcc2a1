// Package rest serves the ports over HTTP: a Huma API on a chi router. It owns
// the wire (paths, JSON, problem documents, cursors, entity tags) and decides
// nothing else: rules live in domain, and what may be done in ports.
package rest

import (
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/issuing"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/pausing"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/repeating"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// Config is what the API is told about itself.
type Config struct {
	Version, Commit string
	// AllowedHosts are the names the API answers to: exact, or "*.example.org"
	// for any name below. Empty, or a bare "*", allows every name.
	AllowedHosts []string
	// CursorKey signs the cursors of lists. Processes that answer for each
	// other share it.
	CursorKey []byte
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// CORSOrigins are the web origins whose pages may call the API; none may
	// when it is empty.
	CORSOrigins []string
	// Timeout bounds the work on one request; zero stands for ten seconds.
	Timeout time.Duration
	// Kinds are the kinds of operations that can be started.
	Kinds []operating.Kind
	// TemporalUI is the address of Temporal's web interface, which links to runs
	// begin with; TemporalNamespace is where they are.
	TemporalUI, TemporalNamespace string
	// Metrics is served at /metrics when it is not nil, which is for machines
	// where metrics have no port of their own.
	Metrics http.Handler
	// Alertmanager takes in what Alertmanager posts, when it is not nil.
	Alertmanager http.Handler
	// Around stands outside everything else, where what follows a request begins;
	// nothing does when it is nil.
	Around func(http.Handler) http.Handler
}

// Dependencies are what the API serves.
type Dependencies struct {
	Catalogue     catalogue.Catalogue
	Models        catalogue.Models
	Promoter      *modelling.Promoter
	Authenticator *access.Authenticator
	Checker       *checking.Checker
	Routine       *checking.Routine
	Limiter       limiting.Limiter // nil: nobody is limited
	Usage         *metering.Reader
	Audit         *auditing.Reader
	Desk          *authenticating.Desk
	Members       *membership.Members
	Book          *predicting.Book
	Clerk         *issuing.Clerk
	Ledger        *repeating.Ledger
	Keeper        *provisioning.Keeper
	Incidents     *responding.Desk
	House         *caching.House // nil: nothing is kept
	Operations    *operating.Dispatcher
	Pause         *pausing.Gate // nil: the service never rests
	Clock         domain.Clock
	Calendar      football.Calendar
	Observer      Observer
	Log           *zap.Logger
	Config        Config
}

// API answers requests. Use [New].
type API struct {
	router   chi.Router
	huma     huma.API
	draining atomic.Bool
}

// New returns the API with all its routes.
func New(d Dependencies) *API {
	d = d.withDefaults()
	a := &API{router: chi.NewRouter()}
	a.router.Use(middlewares(d)...)
	a.router.NotFound(notFound)
	a.router.MethodNotAllowed(methodNotAllowed(a.router))
	a.router.Group(func(answers chi.Router) {
		answers.Use(buffered)
		a.huma = humachi.New(answers, document(d.Log))
		registerHealth(a, d)
		closed, open := newRoutes(a.huma, d)
		registerAreas(closed, open, d)
	})
	finishDocument(a.huma.OpenAPI())
	describeAnswers(a.huma.OpenAPI())
	serveDocuments(a.router, a.huma.OpenAPI())
	serveDocs(a.router)
	if d.Config.Metrics != nil {
		a.router.Method(http.MethodGet, "/metrics", d.Config.Metrics)
	}
	if d.Config.Alertmanager != nil {
		a.router.Handle(alertmanagerPath, d.Config.Alertmanager)
	}
	return a
}

// alertmanagerPath is no part of the document: only Alertmanager calls it, in a
// form of its own.
const alertmanagerPath = prefix + "/hooks/alertmanager"

func (d Dependencies) withDefaults() Dependencies {
	if d.Config.Timeout <= 0 {
		d.Config.Timeout = 10 * time.Second
	}
	if d.Log == nil {
		d.Log = zap.NewNop()
	}
	if d.Observer == nil {
		d.Observer = unobserved{}
	}
	if d.Clock == nil {
		d.Clock = time.Now //nolint:forbidigo // the default of a dependency
	}
	if d.House == nil {
		d.House = caching.NewHouse(caching.Parts{Memory: caching.Nothing{}, Now: d.Clock})
	}
	return d
}

func registerAreas(r, open routes, d Dependencies) {
	registerCompetitions(r, d.Catalogue, d.Catalogue)
	registerTeams(r, d.Catalogue)
	registerMatches(r, d.Catalogue)
	registerForecasts(r, d.Catalogue, d.Calendar)
	registerModels(r, d.Models, d.Promoter)
	registerQuality(r, d.Catalogue)
	registerUsage(r, d.Usage)
	registerAudit(r, d.Audit)
	registerSignIn(r, open, d.Desk)
	registerUsers(r, d.Members)
	registerFactor(r, d.Desk)
	registerPredictions(r, d.Book)
	registerKeys(r, d.Clerk)
	registerTenants(r, d.Keeper)
	registerOperations(r, d.Operations, d.Config)
	registerIncidents(r, d.Incidents)
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.draining.Load() {
		// Whoever keeps connections must not send the next request here.
		w.Header().Set("Connection", "close")
	}
	a.router.ServeHTTP(w, r)
}

// OpenAPI is the description of the API. Treat it as read only.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// Drain makes the API unready, so that balancers look elsewhere while requests
// that still come are answered. It cannot be undone.
func (a *API) Drain() { a.draining.Store(true) }
