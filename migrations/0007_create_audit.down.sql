DROP TABLE audit_events, audit_heads;
DROP FUNCTION refuse_audit_change();
