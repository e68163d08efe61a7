-- The one writer of entries. The caller holds the lock on the balance row.
-- Numbers the entries, in the order given, after the location's last one, and moves the balance.
CREATE FUNCTION ledger_append(
    p_location bigint,
    e_kind text[], e_contract bigint[], e_purchased bigint[], e_at timestamptz[], e_day date[],
    e_charge bigint[] DEFAULT NULL,
    e_contract_id bigint[] DEFAULT NULL, e_term_starts_on date[] DEFAULT NULL,
    p_key text DEFAULT NULL, p_fingerprint bytea DEFAULT NULL,
    p_reason text DEFAULT '', p_reference text DEFAULT '', p_made_by bigint DEFAULT NULL,
    e_lapsed bigint[] DEFAULT NULL
) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    WITH added AS (
        INSERT INTO ledger_entry (
            location_id, number, kind, contract_delta, purchased_delta,
            contract_after, purchased_after, at, day, charge_id, contract_id, term_starts_on,
            key, fingerprint, reason, reference, made_by_id, lapsed_credits)
        SELECT p_location, b.last_number + e.n, e.kind, e.contract, e.purchased,
               b.contract_credits + sum(e.contract) OVER (ORDER BY e.n),
               b.purchased_credits + sum(e.purchased) OVER (ORDER BY e.n),
               e.at, e.day, e.charge, e.contract_id, e.term_starts_on,
               p_key, p_fingerprint, p_reason, p_reference, p_made_by, coalesce(e.lapsed, 0)
          FROM ledger_balance b,
               unnest(e_kind, e_contract, e_purchased, e_at, e_day, e_charge,
                      e_contract_id, e_term_starts_on, e_lapsed)
                 WITH ORDINALITY AS e (kind, contract, purchased, at, day, charge,
                                       contract_id, term_starts_on, lapsed, n)
         WHERE b.location_id = p_location
         ORDER BY e.n
        RETURNING id, number)
    SELECT array_agg(id ORDER BY number) INTO ids FROM added;

    UPDATE ledger_balance b
       SET last_number = b.last_number + e.entries,
           contract_credits = b.contract_credits + e.contract,
           purchased_credits = b.purchased_credits + e.purchased
      FROM (SELECT count(*) AS entries, sum(contract) AS contract, sum(purchased) AS purchased
              FROM unnest(e_contract, e_purchased) AS u (contract, purchased)) e
     WHERE b.location_id = p_location;
    RETURN ids;
END $$;
