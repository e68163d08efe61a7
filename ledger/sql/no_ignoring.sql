-- pgtrigger lets any session skip triggers by a setting (pgtrigger.ignore). Guards are not for
-- skipping. A migration that installs a trigger makes the library's function anew: it has to run
-- this file again, and verify_ledger says so where it was forgotten.
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN false;
END $$;
