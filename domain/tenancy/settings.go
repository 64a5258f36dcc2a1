package tenancy

import (
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
)

// OddsFormat is how a tenant writes odds.
type OddsFormat string

// The formats.
const (
	Decimal    OddsFormat = "decimal"
	Fractional OddsFormat = "fractional"
	American   OddsFormat = "american"
)

// Settings are what a tenant chooses for itself.
type Settings struct {
	TimeZone      string // IANA name
	Language      string // BCP 47: "en" or "zh"
	OddsFormat    OddsFormat
	RetentionDays int // how long audit details and settled predictions are kept
}

// DefaultSettings are a new tenant's.
var DefaultSettings = Settings{TimeZone: "UTC", Language: "en", OddsFormat: Decimal, RetentionDays: 730}

// Languages are those the platform writes to people in.
var Languages = []string{"en", "zh"}

// The bounds of retention, in days.
const (
	LeastRetention = 30
	MostRetention  = 3650
)

// Validate names the first setting that cannot be. The time zone is checked by
// zones, since the domain reads no files.
func (s Settings) Validate(zoneKnown func(string) bool) error {
	if s.TimeZone == "" || strings.EqualFold(s.TimeZone, "local") || !zoneKnown(s.TimeZone) {
		return domain.Errorf(domain.Invalid, "tenant.time_zone", "%q is no time zone; write an IANA name such as Europe/London", s.TimeZone).In("settings.time_zone")
	}
	if !slices.Contains(Languages, s.Language) {
		return domain.Errorf(domain.Invalid, "tenant.language", "%q is no language of ours; say %s", s.Language, strings.Join(Languages, " or ")).In("settings.language")
	}
	if s.OddsFormat != Decimal && s.OddsFormat != Fractional && s.OddsFormat != American {
		return domain.Errorf(domain.Invalid, "tenant.odds_format", "%q is no format of odds; say decimal, fractional or american", s.OddsFormat).In("settings.odds_format")
	}
	if s.RetentionDays < LeastRetention || s.RetentionDays > MostRetention {
		return domain.Errorf(domain.Invalid, "tenant.retention", "data can be kept %d to %d days", LeastRetention, MostRetention).In("settings.retention_days")
	}
	return nil
}
