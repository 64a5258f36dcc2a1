-- People sign in.

-- A user's own things go with him.
CREATE TABLE sessions (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    user_id      uuid NOT NULL,
    generation   int NOT NULL CHECK (generation > 0), -- of the refresh token that is good now
    rotated_at   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    ended_reason text CHECK (ended_reason IN ('signed_out', 'token_reused', 'password_changed', 'user_changed')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_of_user ON sessions (tenant_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_age ON sessions (created_at);

CREATE TABLE second_factors (
    tenant_id uuid NOT NULL,
    user_id   uuid NOT NULL,
    secret    bytea NOT NULL, -- sealed
    confirmed boolean NOT NULL DEFAULT false,
    last_step bigint NOT NULL DEFAULT 0, -- no code is good twice
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    tenant_id uuid NOT NULL,
    user_id   uuid NOT NULL,
    hash      bytea NOT NULL, -- SHA-256 of 80 random bits
    PRIMARY KEY (tenant_id, user_id, hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES second_factors (tenant_id, user_id) ON DELETE CASCADE
);

-- Failed attempts to sign in, by keyed hashes of account and network; an empty
-- network stands for all that are not known. No foreign key: attempts are made
-- on accounts and tenants that do not exist.
CREATE TABLE sign_in_attempts (
    tenant_id uuid NOT NULL,
    account   bytea NOT NULL,
    network   bytea NOT NULL,
    failures  int NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, account, network)
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_at);

-- Networks that an account was signed in to from.
CREATE TABLE known_networks (
    tenant_id uuid NOT NULL,
    account   bytea NOT NULL,
    network   bytea NOT NULL,
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, account, network)
);
CREATE INDEX known_networks_by_age ON known_networks (seen_at);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sessions', 'second_factors', 'recovery_codes', 'sign_in_attempts', 'known_networks'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant_wall ON %I USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', t);
        EXECUTE format('CREATE POLICY platform ON %I TO football_platform USING (true)', t);
    END LOOP;
END $$;
-- What is old is deleted across tenants.
GRANT SELECT, DELETE ON sessions, sign_in_attempts, known_networks TO football_platform;
