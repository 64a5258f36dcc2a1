DROP POLICY lookup ON tenants;
CREATE POLICY lookup ON tenants FOR SELECT TO football_lookup USING (true);
ALTER TABLE tenants DROP COLUMN status_reason, DROP COLUMN status_since;
