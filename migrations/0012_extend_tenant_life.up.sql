-- Why and since when a tenant has its status.
ALTER TABLE tenants
    ADD COLUMN status_reason text NOT NULL DEFAULT '',
    ADD COLUMN status_since timestamptz;

-- Whatever looks up a credential before its tenant is known finds no tenant
-- whose trial is over, also before anybody has written down that it is.
DROP POLICY lookup ON tenants;
CREATE POLICY lookup ON tenants FOR SELECT TO football_lookup
    USING (status <> 'trial' OR trial_ends IS NULL OR trial_ends > now());
