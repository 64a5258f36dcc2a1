DROP FUNCTION prune_audit_events(bigint, bytea, bigint, timestamptz, timestamptz, text, bytea, bytea);
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.personal IS NULL) = (NEW.salt IS NULL)
        AND (NEW.salt IS NULL OR NEW.salt IS NOT DISTINCT FROM OLD.salt) AND (to_jsonb(NEW) - 'personal' - 'salt') = (to_jsonb(OLD) - 'personal' - 'salt') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit events are neither changed nor deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TABLE audit_prunings;
DROP FUNCTION refuse_pruning_change();
