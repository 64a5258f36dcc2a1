GRANT DELETE ON tenants TO football_app, football_platform;
DROP FUNCTION remove_tenant_rows(uuid, text, int);
DROP VIEW tenant_tables;
ALTER TABLE tenants
    DROP COLUMN deletion_former, DROP COLUMN deletion_due, DROP COLUMN deletion_stage, DROP COLUMN deletion_run, DROP COLUMN made_by;
