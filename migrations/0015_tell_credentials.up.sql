-- Processes remember who calls. Each is told of which tenant a credential, or
-- what it allows, may have changed: with the change itself, since a message is
-- sent when its transaction is committed, and never without it.
CREATE FUNCTION tell_credentials() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog
    AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            PERFORM pg_notify('credentials', OLD.tenant_id::text);
        ELSE
            PERFORM pg_notify('credentials', NEW.tenant_id::text);
        END IF;
        RETURN NULL;
    END
    $$;
REVOKE ALL ON FUNCTION tell_credentials() FROM PUBLIC;

-- What changes with every use, such as when a key was last used, tells nothing.
CREATE TRIGGER tell_change AFTER UPDATE ON api_keys FOR EACH ROW
    WHEN ((OLD.hash, OLD.scopes, OLD.expires_at, OLD.revoked_at) IS DISTINCT FROM (NEW.hash, NEW.scopes, NEW.expires_at, NEW.revoked_at))
    EXECUTE FUNCTION tell_credentials();
CREATE TRIGGER tell_end AFTER DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION tell_credentials();

CREATE TRIGGER tell_change AFTER UPDATE ON sessions FOR EACH ROW
    WHEN ((OLD.user_id, OLD.ended_at) IS DISTINCT FROM (NEW.user_id, NEW.ended_at))
    EXECUTE FUNCTION tell_credentials();
CREATE TRIGGER tell_end AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION tell_credentials();

CREATE TRIGGER tell_change AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.role, OLD.disabled_at) IS DISTINCT FROM (NEW.role, NEW.disabled_at))
    EXECUTE FUNCTION tell_credentials();
CREATE TRIGGER tell_end AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell_credentials();

CREATE TRIGGER tell_change AFTER UPDATE ON second_factors FOR EACH ROW
    WHEN (OLD.confirmed IS DISTINCT FROM NEW.confirmed) EXECUTE FUNCTION tell_credentials();
CREATE TRIGGER tell_begin AFTER INSERT ON second_factors FOR EACH ROW WHEN (NEW.confirmed) EXECUTE FUNCTION tell_credentials();
CREATE TRIGGER tell_end AFTER DELETE ON second_factors FOR EACH ROW EXECUTE FUNCTION tell_credentials();

CREATE TRIGGER tell_change AFTER UPDATE OR DELETE ON tenants FOR EACH ROW EXECUTE FUNCTION tell_credentials();
