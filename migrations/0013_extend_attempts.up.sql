-- Attempts that were found suspicious are told once a day.

ALTER TABLE sign_in_attempts ADD COLUMN reported_at timestamptz;
CREATE INDEX sign_in_attempts_many ON sign_in_attempts (failures) WHERE failures >= 20;
GRANT UPDATE (reported_at) ON sign_in_attempts TO football_platform;
