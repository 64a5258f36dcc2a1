-- Tenants are onboarded and deleted by workflows.

-- made_by is the run that made a tenant, empty for one that a person made: a
-- run that is repeated knows its own work again. deletion_run is the run that
-- deletes it; nothing is removed before deletion_due, nor before the stage is
-- removing; deletion_former is what the tenant was, to be again on an abort.
ALTER TABLE tenants
    ADD COLUMN made_by text NOT NULL DEFAULT '',
    ADD COLUMN deletion_run text,
    ADD COLUMN deletion_stage text CHECK (deletion_stage IN ('waiting', 'removing')),
    ADD COLUMN deletion_due timestamptz,
    ADD COLUMN deletion_former jsonb,
    ADD CHECK (num_nulls(deletion_run, deletion_stage, deletion_due, deletion_former) IN (0, 4)),
    -- Nobody gets in meanwhile, whatever a service believes.
    ADD CHECK (deletion_run IS NULL OR status = 'suspended'),
    -- The operators' own tenant is never deleted.
    ADD CHECK (deletion_run IS NULL OR NOT platform);

-- The tables that hold rows of tenants, read from the catalogue, so that one
-- which is made later is exported and emptied with the others. Events outlive
-- their tenant (0007).
CREATE VIEW tenant_tables AS
    SELECT c.relname::text AS name, c.relname IN ('audit_events', 'audit_heads', 'audit_prunings') AS kept
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'tenant_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relnamespace = 'public'::regnamespace;
REVOKE ALL ON tenant_tables FROM football_app;
GRANT SELECT ON tenant_tables TO football_app, football_platform;

-- Deletes at most so many rows of a tenant from one of its tables, and returns
-- how many. It is the one way to empty a tenant: no role is granted DELETE for
-- it, and the function itself refuses a tenant that is there and not being
-- removed, or whose time has not come. Rows of a tenant that is gone belong to
-- nobody. It works inside the tenant's walls, which end with the call.
CREATE FUNCTION remove_tenant_rows(tenant uuid, target text, most int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
DECLARE
    removed int;
    outside text := current_setting('app.tenant_id', true);
BEGIN
    PERFORM set_config('app.tenant_id', tenant::text, true);
    -- The tenant of all zeros stands for no tenant, and is nobody's to remove.
    IF tenant = '00000000-0000-0000-0000-000000000000' OR EXISTS (
        SELECT FROM public.tenants t WHERE t.tenant_id = tenant AND (t.deletion_stage IS DISTINCT FROM 'removing' OR t.deletion_due > now())
    ) THEN
        RAISE EXCEPTION 'tenant % is not being removed', tenant USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF NOT EXISTS (SELECT FROM public.tenant_tables t WHERE t.name = target AND NOT t.kept) THEN
        RAISE EXCEPTION '% holds nothing that goes with a tenant', target USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('DELETE FROM public.%1$I WHERE tenant_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM public.%1$I WHERE tenant_id = $1 LIMIT $2))', target)
        USING tenant, most;
    GET DIAGNOSTICS removed = ROW_COUNT;
    PERFORM set_config('app.tenant_id', coalesce(outside, ''), true);
    RETURN removed;
END $$;
REVOKE ALL ON FUNCTION remove_tenant_rows(uuid, text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remove_tenant_rows(uuid, text, int) TO football_platform;

REVOKE DELETE ON tenants FROM football_app, football_platform;
