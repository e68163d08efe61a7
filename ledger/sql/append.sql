-- Writes entries: numbers them, in the order given, after the location's last one, and moves the
-- balance. The only writer of entries. The caller holds the lock on the balance row.
CREATE OR REPLACE FUNCTION ledger_append(
    p_location bigint,
    e_kind text[], e_contract bigint[], e_purchased bigint[], e_at timestamptz[], e_day date[],
    e_charge bigint[] DEFAULT NULL,
    e_contract_id bigint[] DEFAULT NULL, e_term_starts_on date[] DEFAULT NULL,
    p_key text DEFAULT NULL, p_fingerprint bytea DEFAULT NULL,
    p_reason text DEFAULT '', p_reference text DEFAULT '', p_created_by bigint DEFAULT NULL,
    e_lapsed bigint[] DEFAULT NULL, p_approved_by bigint DEFAULT NULL
) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    balance ledger_balance;
    contract bigint := 0;
    purchased bigint := 0;
    ids bigint[] := '{}';
    entry bigint;
BEGIN
    FOR i IN 1 .. cardinality(e_kind) LOOP
        contract := contract + e_contract[i];
        purchased := purchased + e_purchased[i];
    END LOOP;
    UPDATE ledger_balance
       SET last_number = last_number + cardinality(e_kind),
           contract_credits = contract_credits + contract,
           purchased_credits = purchased_credits + purchased
     WHERE location_id = p_location
    RETURNING * INTO balance;
    -- Each entry stores the balance after it: step back, then forward entry by entry.
    balance.last_number := balance.last_number - cardinality(e_kind);
    balance.contract_credits := balance.contract_credits - contract;
    balance.purchased_credits := balance.purchased_credits - purchased;
    FOR i IN 1 .. cardinality(e_kind) LOOP
        balance.last_number := balance.last_number + 1;
        balance.contract_credits := balance.contract_credits + e_contract[i];
        balance.purchased_credits := balance.purchased_credits + e_purchased[i];
        INSERT INTO ledger_entry (
            location_id, number, kind, contract_delta, purchased_delta,
            contract_after, purchased_after, at, day, charge_id, contract_id, term_starts_on,
            key, fingerprint, reason, reference, created_by_id, lapsed_credits,
            approved_by_id)
        VALUES (
            p_location, balance.last_number, e_kind[i], e_contract[i], e_purchased[i],
            balance.contract_credits, balance.purchased_credits, e_at[i], e_day[i], e_charge[i],
            e_contract_id[i], e_term_starts_on[i], p_key, p_fingerprint, p_reason, p_reference,
            p_created_by, coalesce(e_lapsed[i], 0), p_approved_by)
        RETURNING id INTO entry;
        ids := ids || entry;
    END LOOP;
    RETURN ids;
END $$;
