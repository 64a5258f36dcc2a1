-- Tenants are walls: every row of these tables is seen by its tenant alone,
-- and by nobody while app.tenant_id is unset.

CREATE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;

CREATE TABLE tenants (
    tenant_id  uuid PRIMARY KEY,
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
    name       text NOT NULL,
    status     text NOT NULL DEFAULT 'active' CHECK (status IN ('trial', 'active', 'suspended', 'expired')),
    created_at timestamptz NOT NULL
);
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON tenants
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
-- The platform lists tenants with the migrations' role, which no service has.
CREATE POLICY platform_list ON tenants FOR SELECT TO football_owner USING (true);

CREATE TABLE api_keys (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    name       text NOT NULL,
    hint       text NOT NULL,
    hash       bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes     text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON api_keys
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

-- Before the tenant is known, a key is looked up by its hash: that one row and
-- nothing else. The function runs as a role nobody can sign in with.
GRANT USAGE ON SCHEMA public TO football_lookup;
GRANT SELECT ON tenants, api_keys TO football_lookup;
CREATE POLICY lookup ON tenants FOR SELECT TO football_lookup USING (true);
CREATE POLICY lookup ON api_keys FOR SELECT TO football_lookup USING (true);

CREATE FUNCTION find_api_key(key_hash bytea)
    RETURNS TABLE (tenant_id uuid, slug text, tenant_status text, id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
        SELECT k.tenant_id, t.slug, t.status, k.id, k.scopes, k.expires_at, k.revoked_at
        FROM public.api_keys k JOIN public.tenants t ON t.tenant_id = k.tenant_id
        WHERE k.hash = key_hash
    $$;
REVOKE ALL ON FUNCTION find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key(bytea) TO football_app;
GRANT CREATE ON SCHEMA public TO football_lookup;
ALTER FUNCTION find_api_key(bytea) OWNER TO football_lookup;
REVOKE CREATE ON SCHEMA public FROM football_lookup;

-- The services work on the tables and own none of them.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO football_app, football_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    competitions, seasons, teams, team_aliases, matches, match_odds,
    ingested_editions, quality_findings, quality_reports,
    models, champion, model_promotions, forecasts, settlements, team_ratings,
    tenants, api_keys
    TO football_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO football_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO football_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO football_backup;
