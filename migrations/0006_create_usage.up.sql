-- What tenants use, counted in the services and added up here every few seconds.

CREATE TABLE tenant_usage (
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    hour      timestamptz NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('api_calls', 'refused')),
    amount    bigint NOT NULL CHECK (amount > 0),
    PRIMARY KEY (tenant_id, hour, kind)
);
ALTER TABLE tenant_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON tenant_usage
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON tenant_usage TO football_platform USING (true) WITH CHECK (true);
CREATE INDEX tenant_usage_by_hour ON tenant_usage (hour);
REVOKE ALL ON tenant_usage FROM football_app;
GRANT SELECT ON tenant_usage TO football_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_usage TO football_platform;

-- The last flush of each process that is in the tables: a flush whose answer
-- was lost is sent again and counts once.
CREATE TABLE usage_flushes (
    process_id uuid PRIMARY KEY,
    sequence   bigint NOT NULL,
    flushed_at timestamptz NOT NULL
);
REVOKE ALL ON usage_flushes FROM football_app;
GRANT SELECT ON usage_flushes TO football_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_flushes TO football_platform;

-- Who was seen on which day. user_id has no foreign key: a user who is erased
-- between a request and its flush must not hold up the flush.
CREATE TABLE user_activity (
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id   uuid NOT NULL,
    day       date NOT NULL,
    PRIMARY KEY (tenant_id, day, user_id)
);
ALTER TABLE user_activity ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_activity FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON user_activity
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON user_activity TO football_platform USING (true) WITH CHECK (true);
CREATE INDEX user_activity_by_day ON user_activity (day);
REVOKE ALL ON user_activity FROM football_app;
GRANT SELECT, DELETE ON user_activity TO football_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_activity TO football_platform;

-- What has been leased of a daily quota, never less than what was used.
CREATE TABLE daily_quotas (
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    quota     text NOT NULL CHECK (quota IN ('predictions')),
    day       date NOT NULL,
    leased    bigint NOT NULL CHECK (leased >= 0),
    PRIMARY KEY (tenant_id, quota, day)
);
ALTER TABLE daily_quotas ENABLE ROW LEVEL SECURITY;
ALTER TABLE daily_quotas FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON daily_quotas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON daily_quotas TO football_platform USING (true) WITH CHECK (true);
CREATE INDEX daily_quotas_by_day ON daily_quotas (day);
REVOKE ALL ON daily_quotas FROM football_app;
GRANT SELECT, INSERT, UPDATE ON daily_quotas TO football_app;
GRANT SELECT, DELETE ON daily_quotas TO football_platform;

-- What a tenant holds, measured now and then because counting it is work.
CREATE TABLE tenant_holdings (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    quota       text NOT NULL CHECK (quota IN ('users', 'storage_mb')),
    amount      bigint NOT NULL CHECK (amount >= 0),
    measured_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, quota)
);
ALTER TABLE tenant_holdings ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_holdings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON tenant_holdings
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON tenant_holdings FOR SELECT TO football_platform USING (true);
REVOKE ALL ON tenant_holdings FROM football_app;
GRANT SELECT, INSERT, UPDATE ON tenant_holdings TO football_app;
GRANT SELECT ON tenant_holdings TO football_platform;

-- A key's look-up tells the tenant's limits too, so that no request asks twice.
DROP FUNCTION find_api_key(bytea);
CREATE FUNCTION find_api_key(key_hash bytea)
    RETURNS TABLE (tenant_id uuid, slug text, tenant_status text, id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz,
        limit_users int, limit_predictions int, limit_api_calls int, limit_storage_mb int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
        SELECT k.tenant_id, t.slug, t.status, k.id, k.scopes, k.expires_at, k.revoked_at,
            t.limit_users, t.limit_predictions, t.limit_api_calls, t.limit_storage_mb
        FROM public.api_keys k JOIN public.tenants t ON t.tenant_id = k.tenant_id
        WHERE k.hash = key_hash
    $$;
REVOKE ALL ON FUNCTION find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key(bytea) TO football_app;
GRANT CREATE ON SCHEMA public TO football_lookup;
ALTER FUNCTION find_api_key(bytea) OWNER TO football_lookup;
REVOKE CREATE ON SCHEMA public FROM football_lookup;
