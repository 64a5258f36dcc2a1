GRANT UPDATE (reported_at) ON sign_in_attempts TO football_platform;
DROP TABLE security_findings;
