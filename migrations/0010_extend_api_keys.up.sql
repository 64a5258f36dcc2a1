-- API keys tell who made them and when they were last used.

ALTER TABLE api_keys ADD COLUMN created_by text NOT NULL DEFAULT 'system', ADD COLUMN last_used_at timestamptz;
CREATE INDEX api_keys_live ON api_keys (tenant_id) WHERE revoked_at IS NULL;

DROP FUNCTION find_api_key(bytea);
CREATE FUNCTION find_api_key(key_hash bytea)
    RETURNS TABLE (tenant_id uuid, slug text, tenant_status text, id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz,
        last_used_at timestamptz, limit_users int, limit_predictions int, limit_api_calls int, limit_storage_mb int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
        SELECT k.tenant_id, t.slug, t.status, k.id, k.scopes, k.expires_at, k.revoked_at, k.last_used_at,
            t.limit_users, t.limit_predictions, t.limit_api_calls, t.limit_storage_mb
        FROM public.api_keys k JOIN public.tenants t ON t.tenant_id = k.tenant_id
        WHERE k.hash = key_hash
    $$;
REVOKE ALL ON FUNCTION find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key(bytea) TO football_app;
GRANT CREATE ON SCHEMA public TO football_lookup;
ALTER FUNCTION find_api_key(bytea) OWNER TO football_lookup;
REVOKE CREATE ON SCHEMA public FROM football_lookup;
