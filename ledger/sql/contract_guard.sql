-- Terms that were granted stay granted: a contract cannot change what a renewal has passed, nor
-- start before the day up to which terms are renewed.
CREATE OR REPLACE FUNCTION ledger_contract_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    renewed_through date;
    last_granted date;
BEGIN
    -- The lock makes a contract and a concurrent renewal wait for each other.
    SELECT b.renewed_through_on INTO renewed_through
      FROM ledger_balance b WHERE b.location_id = NEW.location_id FOR SHARE;
    IF TG_OP = 'UPDATE' THEN
        SELECT max(term_starts_on) INTO last_granted
          FROM ledger_entry WHERE contract_id = OLD.id AND kind = 'contract_grant';
        IF last_granted IS NOT NULL THEN
            IF (NEW.location_id, NEW.starts_on, NEW.term_months)
               <> (OLD.location_id, OLD.starts_on, OLD.term_months) THEN
                RAISE EXCEPTION 'Terms of this contract have been granted: its location, first day and length stay. End it and enter a new one.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_granted_terms_stay';
            END IF;
            IF NEW.ends_on <= last_granted THEN
                RAISE EXCEPTION 'The term from % has been granted: the contract cannot end before the day after it.', last_granted
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_granted_terms_stay';
            END IF;
        END IF;
        IF OLD.ends_on <= renewed_through AND NEW.ends_on IS DISTINCT FROM OLD.ends_on THEN
            RAISE EXCEPTION 'This contract has ended: enter a new one.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_ended_stays_ended';
        END IF;
        IF (NEW.location_id, NEW.starts_on) = (OLD.location_id, OLD.starts_on) THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NEW.starts_on < renewed_through THEN
        RAISE EXCEPTION 'Terms of this location are settled up to %: a contract cannot start before that.', renewed_through
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_after_settled_terms';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER ledger_contract_guard BEFORE INSERT OR UPDATE ON locations_contract
    FOR EACH ROW EXECUTE FUNCTION ledger_contract_guard();
