DROP TABLE users;
DROP POLICY platform ON tenants;
CREATE POLICY platform_list ON tenants FOR SELECT TO football_owner USING (true);
REVOKE ALL ON tenants FROM football_platform;
REVOKE USAGE ON SCHEMA public FROM football_platform;
DROP INDEX one_platform_tenant;
ALTER TABLE tenants
    DROP COLUMN plan, DROP COLUMN limit_users, DROP COLUMN limit_predictions, DROP COLUMN limit_api_calls, DROP COLUMN limit_storage_mb,
    DROP COLUMN time_zone, DROP COLUMN language, DROP COLUMN odds_format, DROP COLUMN retention_days,
    DROP COLUMN platform, DROP COLUMN trial_ends, DROP COLUMN version;
