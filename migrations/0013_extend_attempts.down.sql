REVOKE UPDATE ON sign_in_attempts FROM football_platform;
DROP INDEX sign_in_attempts_many;
ALTER TABLE sign_in_attempts DROP COLUMN reported_at;
