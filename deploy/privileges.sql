-- After every `manage.py migrate`, as redflag_owner:
--     psql -U redflag_owner -f deploy/privileges.sql redflag
-- Privileges of the application's role. May run any number of times.
--
-- Triggers refuse the same changes. They hold if this file was not run; this file holds if a session
-- disables a trigger.

\set ON_ERROR_STOP on
BEGIN;

-- Tables without restrictions: users, locations, contracts, price lists, reports, sessions.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables
         WHERE schemaname = 'public' AND tablename NOT LIKE 'ledger\_%'
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO redflag_app', name);
    END LOOP;
END $$;

-- Migrations, the admin's log and downloads of reports: append-only or read-only.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM redflag_app;
REVOKE UPDATE, DELETE ON django_admin_log, reports_reportdownload FROM redflag_app;

-- The audit log is append-only.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables
         WHERE schemaname = 'public' AND tablename ~ '^(locations|ledger|reports)_\w+event$'
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM redflag_app', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO redflag_app', name);
    END LOOP;
END $$;

-- The ledger: no row is deleted, entries and charges are append-only, and only the state of messages,
-- holds and requests changes.
REVOKE ALL ON ledger_balance, ledger_charge, ledger_entry, ledger_internationalmessage,
    ledger_chatmessage, ledger_hold, ledger_apitoken, ledger_correctionrequest,
    ledger_bundle, ledger_creditrequest, ledger_verificationrun, ledger_verification,
    ledger_approvalrequest, ledger_renewalfailure, ledger_verificationrequest FROM redflag_app;
GRANT SELECT, INSERT ON ledger_charge, ledger_entry, ledger_verificationrun TO redflag_app;
GRANT SELECT, INSERT, UPDATE ON ledger_apitoken, ledger_bundle, ledger_verification TO redflag_app;
GRANT SELECT, INSERT, UPDATE (state, ended_at, settlement_fingerprint) ON ledger_hold TO redflag_app;
GRANT SELECT, INSERT, UPDATE (state, decided_by_id, decided_at, answer, reversal_id)
    ON ledger_correctionrequest TO redflag_app;
GRANT SELECT, INSERT, UPDATE (state, decided_by_id, decided_at, answer, purchase_id)
    ON ledger_creditrequest TO redflag_app;
GRANT SELECT, INSERT, UPDATE (state, decided_by_id, decided_at, answer, entry_id)
    ON ledger_approvalrequest TO redflag_app;
GRANT SELECT, INSERT, UPDATE (last_failed_at, attempts, error, resolved_at) ON ledger_renewalfailure TO redflag_app;
GRANT SELECT, INSERT, UPDATE (state, started_at, finished_at, leased_until, attempts, rows_done,
    rows_total, failure, run_id) ON ledger_verificationrequest TO redflag_app;
GRANT SELECT, INSERT, UPDATE (reversal_id) ON ledger_chatmessage TO redflag_app;
GRANT SELECT, INSERT, UPDATE ON ledger_balance TO redflag_app;
GRANT SELECT, INSERT, UPDATE (status, status_detail, status_at, reversal_id)
    ON ledger_internationalmessage TO redflag_app;
-- The impact of a draft card is recalculated on request and deleted with the draft.
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_ratecardimpact TO redflag_app;

COMMIT;
