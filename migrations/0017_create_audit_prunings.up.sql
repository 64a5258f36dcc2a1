-- How old events were taken off the beginnings of chains (domain/audit). Each
-- row is signed with a key that the database does not have: events that are
-- gone without one, or with one that nobody signed, are found by a check.

CREATE TABLE audit_prunings (
    tenant_id uuid NOT NULL,
    seq       bigint NOT NULL,
    sum       bytea NOT NULL,
    removed   bigint NOT NULL CHECK (removed > 0),
    before    timestamptz NOT NULL,
    at        timestamptz NOT NULL,
    actor     text NOT NULL,
    archive   bytea NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (tenant_id, seq),
    CHECK (seq >= removed)
);
ALTER TABLE audit_prunings ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_prunings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON audit_prunings
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON audit_prunings FOR SELECT TO football_platform USING (true);
REVOKE ALL ON audit_prunings FROM football_app;
GRANT SELECT ON audit_prunings TO football_app, football_platform;

CREATE FUNCTION refuse_pruning_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'records of prunings are neither changed nor deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_prunings FOR EACH ROW EXECUTE FUNCTION refuse_pruning_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_prunings FOR EACH STATEMENT EXECUTE FUNCTION refuse_pruning_change();

-- An event may go when a pruning covers it and it is older than any tenant's
-- retention can be short, 30 days, less one for clocks that differ. What is
-- younger stays whoever asks: an intruder cannot remove his own traces.
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.personal IS NULL) = (NEW.salt IS NULL)
        AND (NEW.salt IS NULL OR NEW.salt IS NOT DISTINCT FROM OLD.salt) AND (to_jsonb(NEW) - 'personal' - 'salt') = (to_jsonb(OLD) - 'personal' - 'salt') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '29 days'
        AND EXISTS (SELECT FROM public.audit_prunings p WHERE p.tenant_id = OLD.tenant_id AND p.seq >= OLD.seq) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit events are neither changed nor deleted' USING ERRCODE = 'insufficient_privilege';
END $$;

-- No role is granted to delete events. The services prune through this
-- function alone, inside a tenant's walls, which hold its owner too: it keeps
-- the record and removes what that covers, or does nothing.
CREATE FUNCTION prune_audit_events(
    up_to bigint, up_to_sum bytea, how_many bigint, older_than timestamptz, pruned_at timestamptz, by_whom text, archived bytea, signed bytea)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
DECLARE
    tenant uuid := public.current_tenant();
    last   bigint;
    gone   bigint;
BEGIN
    IF tenant IS NULL THEN
        RAISE EXCEPTION 'no tenant is entered' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('audit pruning ' || tenant, 0));
    SELECT coalesce(max(seq), 0) INTO last FROM public.audit_prunings WHERE tenant_id = tenant;
    IF up_to <> last + how_many OR NOT EXISTS (SELECT FROM public.audit_events WHERE tenant_id = tenant AND seq = up_to AND sum = up_to_sum) THEN
        RETURN false;
    END IF;
    INSERT INTO public.audit_prunings VALUES (tenant, up_to, up_to_sum, how_many, older_than, pruned_at, by_whom, archived, signed);
    DELETE FROM public.audit_events WHERE tenant_id = tenant AND seq <= up_to;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> how_many THEN
        RAISE EXCEPTION 'the pruning is of % events, and % are there', how_many, gone;
    END IF;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION prune_audit_events(bigint, bytea, bigint, timestamptz, timestamptz, text, bytea, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prune_audit_events(bigint, bytea, bigint, timestamptz, timestamptz, text, bytea, bytea) TO football_app;
