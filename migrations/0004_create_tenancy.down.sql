ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM football_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM football_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM football_app, football_backup;
REVOKE USAGE ON SCHEMA public FROM football_app, football_backup;
DROP FUNCTION find_api_key(bytea);
DROP TABLE api_keys, tenants;
DROP FUNCTION current_tenant();
REVOKE USAGE ON SCHEMA public FROM football_lookup;
GRANT USAGE ON SCHEMA public TO PUBLIC;
