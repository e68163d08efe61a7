-- Disable pgtrigger.ignore, a setting by which any session could skip the guards. A migration that
-- installs a trigger recreates the library's function, so it has to run this file last;
-- verify_ledger reports where that was forgotten.
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN false;
END $$;
