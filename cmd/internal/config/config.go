// Package config reads the environment once, into one typed struct, and
// reports everything that is wrong with it at once, by name. It starts
// nothing and owns no default of any package it configures.
package config

import (
	"net/netip"
	"time"
)

// Config is every variable that the programs know. A field's variable is in
// its tag, with the default that holds when the variable is absent or empty.
// Fields of type [Secret] and [URL] may also be given as NAME_FILE, the path
// of a file that holds the value.
type Config struct {
	// Environment is what the programs run in; production refuses settings
	// that are only fit for development.
	Environment Environment `env:"ENV" default:"development"`
	// Debug adds what a developer wants to see and an outsider must not.
	Debug bool `env:"DEBUG" default:"false"`
	// LogLevel is the least severity that is logged.
	LogLevel Level `env:"LOG_LEVEL" default:"info"`

	// DatabaseURL is where API and worker read and write, as football_app.
	DatabaseURL URL `env:"DATABASE_URL" schemes:"postgres,postgresql" example:"postgres://football_app:PASSWORD@127.0.0.1:5432/football"`
	// DatabaseReadURL is a replica to read from; the primary when empty.
	DatabaseReadURL URL `env:"DATABASE_READ_URL" schemes:"postgres,postgresql"`
	// MigrateDatabaseURL is for migrations, as football_owner, and lets a worker
	// vacuum and rebuild indexes.
	MigrateDatabaseURL URL `env:"MIGRATE_DATABASE_URL" schemes:"postgres,postgresql" example:"postgres://football_owner:PASSWORD@127.0.0.1:5432/football"`
	// BackupDatabaseURL is for dumps, as football_backup.
	BackupDatabaseURL URL `env:"BACKUP_DATABASE_URL" schemes:"postgres,postgresql" example:"postgres://football_backup:PASSWORD@127.0.0.1:5432/football"`
	// RestoreDatabaseURL is for scratch databases, as football_restore.
	RestoreDatabaseURL URL `env:"RESTORE_DATABASE_URL" schemes:"postgres,postgresql" example:"postgres://football_restore:PASSWORD@127.0.0.1:5432/postgres"`
	// TemporalDatabaseURL and TemporalVisibilityDatabaseURL are Temporal's own
	// databases, as the role that owns what is in them, to be backed up with ours;
	// the role of RestoreDatabaseURL must be a member of it.
	TemporalDatabaseURL           URL `env:"TEMPORAL_DATABASE_URL" schemes:"postgres,postgresql" example:"postgres://temporal:PASSWORD@127.0.0.1:5432/temporal"`
	TemporalVisibilityDatabaseURL URL `env:"TEMPORAL_VISIBILITY_DATABASE_URL" schemes:"postgres,postgresql" example:"postgres://temporal:PASSWORD@127.0.0.1:5432/temporal_visibility"`
	// AdminDatabaseURL is the administrator's, for making roles and the database
	// once. No server reads it.
	AdminDatabaseURL URL `env:"ADMIN_DATABASE_URL" schemes:"postgres,postgresql" example:"postgres://postgres:PASSWORD@127.0.0.1:5432/postgres"`
	// DBPoolSize is the most connections a process opens at once.
	DBPoolSize int `env:"DB_POOL_SIZE" default:"20" min:"1" max:"1000"`

	// RedisURL is the cache; the system goes on without it, slower.
	RedisURL URL `env:"REDIS_URL" schemes:"redis,rediss" example:"redis://127.0.0.1:6379/0"`
	// RedisClusterNodes are host:port of some servers of a Redis cluster; none
	// means one server. User, password and TLS are those of REDIS_URL.
	RedisClusterNodes []HostPort `env:"REDIS_CLUSTER_NODES"`

	// TemporalAddress is host:port of Temporal's front end.
	TemporalAddress HostPort `env:"TEMPORAL_ADDRESS" default:"127.0.0.1:7233"`
	// TemporalNamespace is where the workflows run.
	TemporalNamespace string `env:"TEMPORAL_NAMESPACE" default:"default"`
	// TemporalTLSCert and TemporalTLSKey are the client's certificate and key.
	TemporalTLSCert Path `env:"TEMPORAL_TLS_CERT"`
	TemporalTLSKey  Path `env:"TEMPORAL_TLS_KEY"`
	// TemporalTLSCA is the authority that the server's certificate is checked
	// against; the system's when empty.
	TemporalTLSCA Path `env:"TEMPORAL_TLS_CA"`
	// TemporalCodecKeyFile holds the keys that payloads are sealed with before
	// Temporal sees them.
	TemporalCodecKeyFile Path `env:"TEMPORAL_CODEC_KEY_FILE"`
	// TemporalCodecToken is what a browser proves itself with to the codec server.
	TemporalCodecToken Secret `env:"TEMPORAL_CODEC_TOKEN"`
	// TemporalAPIKey is the credential for Temporal Cloud.
	TemporalAPIKey Secret `env:"TEMPORAL_API_KEY"`

	// TemporalUIURL is Temporal's web interface, which links to runs begin with.
	TemporalUIURL URL `env:"TEMPORAL_UI_URL" schemes:"http,https"`

	// SecretKey signs what the platform hands out and takes back.
	SecretKey Secret `env:"SECRET_KEY" default:"dev-secret-key-change-in-production"`
	// JWTSecretKey signs access tokens: secrets divided by white space, of which
	// the first signs and all verify. As a file it is followed while we run.
	JWTSecretKey Secret `env:"JWT_SECRET_KEY" default:"dev-jwt-secret"`
	// EncryptionKeyFile holds the key that personal data are encrypted with.
	EncryptionKeyFile Path `env:"ENCRYPTION_KEY_FILE"`

	// HTTPAddr is where the API listens: host:port, or unix:/path of a socket that
	// a proxy on the same machine comes by.
	HTTPAddr Listen `env:"HTTP_ADDR" default:":8000"`
	// AllowedHosts are the host names the API answers to; "*" stands for any,
	// "*.example.com" for those below example.com.
	AllowedHosts []string `env:"ALLOWED_HOSTS" default:"*"`
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`
	// CORSOrigins are the web origins whose pages may call the API.
	CORSOrigins []string `env:"CORS_ORIGINS"`
	// SSLCertPath and SSLKeyPath make the API speak TLS by itself.
	SSLCertPath Path `env:"SSL_CERT_PATH"`
	SSLKeyPath  Path `env:"SSL_KEY_PATH"`

	// PrometheusEnabled turns /metrics on.
	PrometheusEnabled bool `env:"PROMETHEUS_ENABLED" default:"true"`
	// MetricsPort is where /metrics is served: beside the API when it is the
	// API's port, on a listener of its own otherwise.
	MetricsPort int `env:"METRICS_PORT" default:"8000" min:"0" max:"65535"`
	// PrometheusURL is the server that questions about metrics go to.
	PrometheusURL URL `env:"PROMETHEUS_URL" schemes:"http,https"`
	// AlertmanagerToken is what Alertmanager proves itself with.
	AlertmanagerToken Secret `env:"ALERTMANAGER_TOKEN"`
	// ReleasesDir has a folder for each release, with its programs in bin, or, for
	// compose, docker-compose.yml; a worker beside nginx that has it can release. ReleaseStateDir is where the sockets and
	// nginx's slots are, ReleaseSettingsDir where blue.env and green.env are.
	ReleasesDir        string `env:"RELEASES_DIR"`
	ReleaseStateDir    string `env:"RELEASE_STATE_DIR" default:"/run/football"`
	ReleaseSettingsDir string `env:"RELEASE_SETTINGS_DIR" default:"/etc/football"`
	// ReleaseDriver is systemd, with the units in deploy/systemd, processes, or
	// compose, with the services in deploy/compose.
	ReleaseDriver ReleaseDriver `env:"RELEASE_DRIVER" default:"systemd"`
	// EdgeLog is nginx's log, in which a canary is watched.
	EdgeLog string `env:"EDGE_LOG" default:"/var/log/nginx/football.log"`
	// ContactsFile says who is told of incidents, in the order of escalation; the
	// platform's operators when there is none.
	ContactsFile Path `env:"CONTACTS_FILE"`
	// SentryDSN is where errors are reported.
	SentryDSN Secret `env:"SENTRY_DSN"`
	// OTLPEndpoint takes traces over OTLP.
	OTLPEndpoint URL `env:"OTEL_EXPORTER_OTLP_ENDPOINT" schemes:"http,https"`
	// TracesPercent is how many of the requests are followed there.
	TracesPercent int `env:"OTEL_TRACES_PERCENT" default:"10" min:"0" max:"100"`

	// S3Endpoint and the fields after it are the object store.
	S3Endpoint  URL    `env:"S3_ENDPOINT" schemes:"http,https"`
	S3Region    string `env:"S3_REGION"`
	S3Bucket    string `env:"S3_BUCKET"`
	S3AccessKey Secret `env:"S3_ACCESS_KEY"`
	S3SecretKey Secret `env:"S3_SECRET_KEY"`
	// BackupDir is where backups are kept on this machine.
	BackupDir string `env:"BACKUP_DIR"`
	// BackupKeyFile holds the key that backups are encrypted with.
	BackupKeyFile Path `env:"BACKUP_KEY_FILE"`
	// BackupEngine names the tool that backups of the database are made with.
	BackupEngine Engine `env:"BACKUP_ENGINE" default:"pg_dump"`
	// PgBackRestDir is where pgBackRest's configuration is kept.
	PgBackRestDir string `env:"PGBACKREST_DIR" default:"/var/lib/football-prediction/pgbackrest"`
	// UploadsDir is where files from users are kept, and archives for them.
	UploadsDir string `env:"UPLOADS_DIR"`
	// LogDirs are the folders of log files on this machine that maintenance
	// sweeps and backups keep; none where programs log to standard output alone.
	LogDirs []string `env:"LOG_DIRS"`

	// SMTPURL sends mail, such as smtps://user:password@host:465.
	SMTPURL URL `env:"SMTP_URL" schemes:"smtp,smtps"`
	// SlackWebhookURL and the DingTalk fields are where operators are told of
	// incidents. A webhook's address is itself a credential.
	SlackWebhookURL    Secret `env:"SLACK_WEBHOOK_URL"`
	DingTalkWebhookURL Secret `env:"DINGTALK_WEBHOOK_URL"`
	DingTalkSecret     Secret `env:"DINGTALK_SECRET"`

	// Data picks the source of matches: auto, openfootball, simulated or a folder.
	Data string `env:"DATA" default:"auto"`
	// AsOf shows the world as it was known at the end of that day; zero is today.
	AsOf time.Time `env:"AS_OF"`
	// FootballDataOrgToken opens football-data.org, which is left out without one.
	FootballDataOrgToken Secret `env:"FOOTBALL_DATA_ORG_TOKEN"`
	// OpenFootballURL and the two after it replace the providers' own
	// addresses, for a mirror or a test; empty is the provider's own.
	OpenFootballURL     URL `env:"OPENFOOTBALL_URL" schemes:"http,https"`
	FootballDataCoUkURL URL `env:"FOOTBALL_DATA_CO_UK_URL" schemes:"http,https"`
	FootballDataOrgURL  URL `env:"FOOTBALL_DATA_ORG_URL" schemes:"http,https"`

	origins map[string]Origin
	files   map[string]string
}

// FileOf is the path of the file that a variable was given as, or "".
func (c Config) FileOf(name string) string { return c.files[name] }
