-- Raises unless the credits of an entry's messages sum to what the entry took; for a reversal, to
-- what it gave back plus what had lapsed.
CREATE OR REPLACE FUNCTION ledger_check_messages(p_entry bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    entry ledger_entry;
    paid bigint;
    paid_by_contract bigint;
BEGIN
    SELECT * INTO entry FROM ledger_entry WHERE id = p_entry;
    IF entry.kind = 'chat' THEN
        SELECT coalesce(sum(credits), 0), coalesce(sum(contract_credits), 0)
          INTO paid, paid_by_contract
          FROM ledger_chatmessage WHERE entry_id = p_entry;
    ELSIF entry.kind = 'reversal' THEN
        SELECT coalesce(sum(-m.credits), 0), coalesce(sum(-m.contract_credits), 0)
          INTO paid, paid_by_contract
          FROM (SELECT credits, contract_credits FROM ledger_chatmessage
                 WHERE reversal_id = p_entry
                UNION ALL
                SELECT credits, contract_credits FROM ledger_internationalmessage
                 WHERE reversal_id = p_entry) m;
    ELSE
        SELECT coalesce(sum(credits), 0), coalesce(sum(contract_credits), 0)
          INTO paid, paid_by_contract
          FROM ledger_internationalmessage WHERE entry_id = p_entry;
    END IF;
    IF entry.contract_delta + entry.lapsed_credits <> -paid_by_contract
       OR entry.purchased_delta <> paid_by_contract - paid THEN
        RAISE EXCEPTION 'the messages of entry % of location % cost %, not %',
            entry.number, entry.location_id, paid, -(entry.contract_delta + entry.purchased_delta)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_equals_its_messages';
    END IF;
END $$;
