-- What happened, in a chain of hashes for each tenant (domain/audit). tenant_id
-- has no foreign key: a tenant's events outlive it, with the personal data in
-- them erased. What happens in no tenant has the tenant of all zeros.

CREATE TABLE audit_events (
    tenant_id  uuid NOT NULL,
    seq        bigint NOT NULL CHECK (seq > 0),
    id         uuid NOT NULL,
    at         timestamptz NOT NULL,
    action     text NOT NULL,
    outcome    text NOT NULL CHECK (outcome IN ('done', 'refused')),
    actor      text NOT NULL,
    target     text NOT NULL,
    request_id text NOT NULL,
    details    jsonb NOT NULL,
    commitment bytea NOT NULL,
    sum        bytea NOT NULL,
    -- Beside the chain, so that they can be erased: the commitment stays.
    personal   bytea,
    salt       bytea,
    PRIMARY KEY (tenant_id, seq)
);
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON audit_events
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON audit_events FOR SELECT TO football_platform USING (true);
CREATE INDEX audit_events_by_action ON audit_events (tenant_id, action, seq DESC);
CREATE INDEX audit_events_by_actor ON audit_events (tenant_id, actor, seq DESC);
CREATE INDEX audit_events_by_target ON audit_events (tenant_id, target, seq DESC);
CREATE INDEX audit_events_by_time ON audit_events (tenant_id, at);

-- The end of each chain, signed.
CREATE TABLE audit_heads (
    tenant_id uuid PRIMARY KEY,
    seq       bigint NOT NULL,
    sum       bytea NOT NULL,
    at        timestamptz NOT NULL,
    signature bytea NOT NULL
);
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON audit_heads
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON audit_heads FOR SELECT TO football_platform USING (true);

REVOKE ALL ON audit_events, audit_heads FROM football_app;
GRANT SELECT, INSERT ON audit_events TO football_app;
GRANT UPDATE (personal, salt) ON audit_events TO football_app;
GRANT SELECT, INSERT, UPDATE ON audit_heads TO football_app;
GRANT SELECT ON audit_events, audit_heads TO football_platform;

-- The owner of the table may do more than it is granted, so the table itself
-- refuses: an event changes only by losing its personal data, or by their being
-- sealed with another key, which the commitment holds to the same text.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.personal IS NULL) = (NEW.salt IS NULL)
        AND (NEW.salt IS NULL OR NEW.salt IS NOT DISTINCT FROM OLD.salt) AND (to_jsonb(NEW) - 'personal' - 'salt') = (to_jsonb(OLD) - 'personal' - 'salt') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit events are neither changed nor deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
