-- What was found suspicious, to be looked after until somebody has resolved it.
-- tenant_id has no foreign key: findings are also about tenants that do not
-- exist, under the tenant of all zeros. subject is a keyed hash, the one that
-- sign_in_attempts has of an account or network.

CREATE TABLE security_findings (
    tenant_id     uuid NOT NULL,
    id            uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('brute_force', 'suspicious_address')),
    subject       bytea NOT NULL,
    failures      int NOT NULL CHECK (failures > 0),
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    told_at       timestamptz NOT NULL, -- when an audit event told of it last
    status        text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'acknowledged', 'resolved')),
    changed_at    timestamptz,
    changed_by    text NOT NULL DEFAULT '',
    reason        text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE security_findings ENABLE ROW LEVEL SECURITY;
ALTER TABLE security_findings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON security_findings
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY platform ON security_findings FOR SELECT TO football_platform USING (true);

-- Of one subject there is one finding at a time. One that is resolved makes
-- room for the next.
CREATE UNIQUE INDEX security_findings_unresolved ON security_findings (tenant_id, kind, subject) WHERE status <> 'resolved';
CREATE INDEX security_findings_by_time ON security_findings (last_seen_at);

REVOKE ALL ON security_findings FROM football_app;
GRANT SELECT, INSERT ON security_findings TO football_app;
GRANT UPDATE (failures, last_seen_at, told_at, status, changed_at, changed_by, reason) ON security_findings TO football_app;
GRANT SELECT ON security_findings TO football_platform;

-- Attempts are marked as reported inside their tenant's walls, together with
-- the finding, and no longer across them.
REVOKE UPDATE (reported_at) ON sign_in_attempts FROM football_platform;
