-- Tenants get a life, a plan and settings; people get in.

ALTER TABLE tenants
    ADD COLUMN plan text NOT NULL DEFAULT 'basic' CHECK (plan IN ('basic', 'professional', 'enterprise', 'custom')),
    ADD COLUMN limit_users int NOT NULL DEFAULT 10 CHECK (limit_users > 0),
    ADD COLUMN limit_predictions int NOT NULL DEFAULT 100 CHECK (limit_predictions > 0),
    ADD COLUMN limit_api_calls int NOT NULL DEFAULT 1000 CHECK (limit_api_calls > 0),
    ADD COLUMN limit_storage_mb int NOT NULL DEFAULT 100 CHECK (limit_storage_mb > 0),
    ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC',
    ADD COLUMN language text NOT NULL DEFAULT 'en',
    ADD COLUMN odds_format text NOT NULL DEFAULT 'decimal' CHECK (odds_format IN ('decimal', 'fractional', 'american')),
    ADD COLUMN retention_days int NOT NULL DEFAULT 730 CHECK (retention_days BETWEEN 30 AND 3650),
    ADD COLUMN platform boolean NOT NULL DEFAULT false,
    ADD COLUMN trial_ends timestamptz,
    ADD COLUMN version int NOT NULL DEFAULT 1;

CREATE UNIQUE INDEX one_platform_tenant ON tenants (platform) WHERE platform;

-- What the platform does across tenants, it does as football_platform, which
-- football_app becomes for one transaction by SET LOCAL ROLE. It is granted,
-- table by table, just what that takes.
DROP POLICY platform_list ON tenants;
GRANT USAGE ON SCHEMA public TO football_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenants TO football_platform;
CREATE POLICY platform ON tenants TO football_platform USING (true) WITH CHECK (true);

-- email and name are sealed (ports/sealing); email_index finds an address
-- within its tenant. password is argon2id in PHC form, empty until it is set.
CREATE TABLE users (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    email       bytea NOT NULL,
    email_index bytea NOT NULL,
    name        bytea NOT NULL,
    role        text NOT NULL CHECK (role IN ('viewer', 'analyst', 'tenant_admin', 'operator', 'platform_admin')),
    password    text NOT NULL DEFAULT '',
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     int NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email_index)
);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON users
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
