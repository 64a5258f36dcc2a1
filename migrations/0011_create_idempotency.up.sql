-- Requests that may be sent again, and what was answered. id is a hash of
-- caller, operation and Idempotency-Key; body is sealed.

CREATE TABLE idempotency_keys (
    tenant_id    uuid NOT NULL,
    id           text NOT NULL CHECK (length(id) = 64),
    request      bytea NOT NULL, -- SHA-256
    begun_at     timestamptz NOT NULL,
    status       int, -- null until it is answered
    content_type text NOT NULL DEFAULT '',
    body         bytea,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (begun_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON idempotency_keys
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON idempotency_keys TO football_platform USING (true);
GRANT SELECT, DELETE ON idempotency_keys TO football_platform;
