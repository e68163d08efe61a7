-- Charges one request of a location under the lock of its balance row: judges the messages in
-- order, takes what they cost from contract credits first, then from purchased credits, then from
-- the overdraft, and writes the charge, its entries and its messages. One round trip and one commit
-- for any number of messages. Messages were rated before, in Python; what the rating relied on
-- (terms, cards) is checked again here.
--
-- o_state is 'posted'; with any other state nothing was written:
--   'replayed'           the key was used for the same content: o_charge has the answer
--   'key_reuse'          the key was used for other content
--   'external_id_taken'  a message was charged before
--   'stale'              the location's terms or a card in force differ from what was rated with
--   'renewal_due'        a term has ended: renew first
--   'hold_ended'         the hold was settled, released or has expired
--   'over_hold'          the cost exceeds the hold, and the hold's rule refuses that
--
-- Generic plans: planning each list of ids anew costs more than a better plan saves.
CREATE OR REPLACE FUNCTION ledger_charge(
    p_location bigint, p_terms_version bigint, p_overdraft_limit bigint,
    p_at timestamptz, p_today date,
    -- the card that was used for each series (null: the default one) and local day
    rated_series bigint[], rated_day date[], rated_card bigint[],
    p_key text, p_fingerprint bytea, p_kind text, p_on_insufficient text,
    -- of a broadcast: the local day of its first message
    p_sent_on date,
    -- of each message, in order; credits are 0 where it is free or refused
    m_position int[], m_external_id text[], m_phone text[], m_sent_at timestamptz[],
    m_credits bigint[], m_refusal text[],
    -- of international messages; a list is null where no message has a value
    intl_country text[], intl_carrier_type text[], intl_carrier_source text[], intl_rate bigint[],
    intl_seconds int[], intl_billed_seconds int[], intl_status text[], intl_status_detail text[],
    intl_status_at timestamptz[], intl_profile text[],
    -- of chat messages
    chat_sent_on date[], chat_inbox bigint[], chat_direction text[], chat_content text[],
    chat_text_type text[], chat_card bigint[],
    -- the hold to settle, and the fingerprint of the request that settles it
    p_hold bigint, p_settlement_fingerprint bytea,
    OUT o_state text, OUT o_charge bigint,
    -- credits: the cost of all sendable messages, what was charged, available before
    OUT needed bigint, OUT spent bigint, OUT available_before bigint,
    OUT contract_after bigint, OUT purchased_after bigint, OUT refusal text,
    -- of each message: credits charged, contract credits among them, its refusal or ''
    OUT m_paid bigint[], OUT m_paid_by_contract bigint[], OUT m_refused text[]
)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    balance ledger_balance;
    hold ledger_hold;
    held bigint;                      -- by other open holds
    terms bigint;
    is_stale boolean;
    is_key_used_elsewhere boolean;
    first_fingerprint bytea;
    messages int := cardinality(m_external_id);
    is_all_or_nothing boolean := p_kind <> 'chat' AND p_on_insufficient = 'refuse_all';
    any_sent boolean := false;
    any_unpaid boolean := false;
    fits boolean;
    cost bigint;
    from_contract bigint;
    day date;                         -- the day of the charge in the daily table
    chat_day date[] := chat_sent_on;  -- the day of each chat message
    e_day date[];
    e_contract bigint[];
    e_purchased bigint[];
    e_id bigint[];
BEGIN
    -- Lock: two concurrent charges would both spend the last credits.
    SELECT * INTO balance FROM ledger_balance WHERE location_id = p_location FOR UPDATE;
    IF NOT FOUND THEN
        o_state := 'renewal_due';
        RETURN;
    END IF;

    -- A key that was used before gets its first answer, whatever has changed since.
    SELECT c.id, c.fingerprint,
           EXISTS (SELECT 1 FROM ledger_entry WHERE location_id = p_location AND key = p_key)
           OR EXISTS (SELECT 1 FROM ledger_hold WHERE location_id = p_location AND key = p_key)
      INTO o_charge, first_fingerprint, is_key_used_elsewhere
      FROM (VALUES (1)) always
      LEFT JOIN ledger_charge c ON c.location_id = p_location AND c.key = p_key;
    IF o_charge IS NOT NULL OR is_key_used_elsewhere THEN
        o_state := CASE WHEN first_fingerprint = p_fingerprint THEN 'replayed'
                        ELSE 'key_reuse' END;
        RETURN;
    END IF;
    IF p_hold IS NOT NULL THEN
        SELECT * INTO hold FROM ledger_hold WHERE id = p_hold AND location_id = p_location;
        IF hold.state IS DISTINCT FROM 'open' OR p_at >= hold.expires_at THEN
            o_state := 'hold_ended';
            RETURN;
        END IF;
    END IF;

    SELECT l.terms_version,
           (SELECT coalesce(sum(h.credits), 0) FROM ledger_hold h
             WHERE h.location_id = p_location AND h.state = 'open' AND h.expires_at > p_at
               AND h.id IS DISTINCT FROM p_hold),
           EXISTS (
               SELECT 1 FROM unnest(rated_series, rated_day, rated_card) AS used (series, day, card)
                WHERE used.card IS DISTINCT FROM (
                      SELECT card.id FROM locations_ratecard card
                       WHERE card.series_id = coalesce(used.series, (
                             SELECT id FROM locations_ratecardseries WHERE is_default))
                         AND card.published_at IS NOT NULL AND card.effective_on <= used.day
                       ORDER BY card.effective_on DESC LIMIT 1))
      INTO terms, held, is_stale
      FROM locations_location l WHERE l.id = p_location;
    IF terms <> p_terms_version OR is_stale THEN
        o_state := 'stale';
        RETURN;
    END IF;
    IF balance.terms_version <> terms OR p_at >= balance.renewal_due_at THEN
        o_state := 'renewal_due';
        RETURN;
    END IF;

    needed := 0;
    FOREACH cost IN ARRAY m_credits LOOP
        needed := needed + cost;
    END LOOP;
    -- A cost above the hold follows the hold's rule. What was held is always paid, whatever was
    -- charged since: it was promised.
    IF hold.id IS NOT NULL AND needed > hold.credits AND (
        hold.over_rule = 'refuse' OR (
            hold.over_rule = 'overflow'
            AND balance.contract_credits + balance.purchased_credits - held - needed
                < -p_overdraft_limit)) THEN
        o_state := 'over_hold';
        RETURN;
    END IF;

    -- An external id is charged once in a location, over all kinds of messages. LIMIT makes it one
    -- index probe per id; without it the planner may read all messages of the location.
    IF EXISTS (
        SELECT 1 FROM unnest(m_external_id, m_refusal) AS m (external_id, refusal), LATERAL (
                (SELECT 1 FROM ledger_internationalmessage x
                  WHERE x.location_id = p_location AND x.external_id = m.external_id
                    AND x.outcome = 'charged' LIMIT 1)
                UNION ALL
                (SELECT 1 FROM ledger_chatmessage x
                  WHERE x.location_id = p_location AND x.external_id = m.external_id
                    AND x.outcome = 'charged' LIMIT 1)) charged
         WHERE m.refusal = '') THEN
        o_state := 'external_id_taken';
        RETURN;
    END IF;

    available_before := balance.contract_credits + balance.purchased_credits - held;
    contract_after := balance.contract_credits;
    purchased_after := balance.purchased_credits;
    spent := 0;
    m_paid := array_fill(0::bigint, ARRAY[messages]);
    m_paid_by_contract := m_paid;
    m_refused := m_refusal;
    FOR n IN 1 .. messages LOOP
        CONTINUE WHEN m_refusal[n] <> '';
        cost := m_credits[n];
        -- A broadcast goes whole or, with send_what_fits, as far as the credits reach, in the
        -- order given. Chat is judged message by message; inbound chat is never refused.
        IF hold.id IS NOT NULL THEN
            fits := true;
            IF hold.over_rule = 'cap' THEN
                cost := least(cost, hold.credits - spent);
            END IF;
        ELSIF is_all_or_nothing THEN
            fits := needed = 0 OR available_before - needed >= -p_overdraft_limit;
        ELSE
            fits := chat_direction[n] IS NOT DISTINCT FROM 'inbound' OR cost = 0
                 OR available_before - spent - cost >= -p_overdraft_limit;
        END IF;
        IF fits THEN
            -- Contract credits first, for they lapse; then purchased credits, then overdraft.
            from_contract := least(cost, contract_after);
            contract_after := contract_after - from_contract;
            purchased_after := purchased_after - (cost - from_contract);
            spent := spent + cost;
            any_sent := true;
            m_paid[n] := cost;
            m_paid_by_contract[n] := from_contract;
        ELSE
            any_unpaid := true;
            m_refused[n] := 'insufficient_credits';
        END IF;
    END LOOP;
    refusal := CASE WHEN any_sent OR messages = 0 THEN ''
                    WHEN any_unpaid THEN 'insufficient_credits' ELSE 'nothing_to_send' END;

    -- Late usage counts on the day it was sent if that is in the current term, else on today: a
    -- past term never changes, not even by a clock that is behind (greatest).
    IF p_kind = 'chat' THEN
        SELECT array_agg(greatest(
                   CASE WHEN m.sent_on < balance.renewed_through_on THEN p_today
                        ELSE least(m.sent_on, p_today) END,
                   balance.renewed_through_on) ORDER BY m.n)
          INTO chat_day FROM unnest(chat_sent_on) WITH ORDINALITY AS m (sent_on, n);
        SELECT min(d) INTO day FROM unnest(chat_day) AS d;
        SELECT array_agg(e.day ORDER BY e.day), array_agg(-e.contract ORDER BY e.day),
               array_agg(e.contract - e.paid ORDER BY e.day)
          INTO e_day, e_contract, e_purchased
          FROM (SELECT m.day, sum(m.paid)::bigint AS paid, sum(m.contract)::bigint AS contract
                  FROM unnest(chat_day, m_paid, m_paid_by_contract) AS m (day, paid, contract)
                 WHERE m.paid > 0 GROUP BY m.day) e;
    ELSE
        day := greatest(
            CASE WHEN p_sent_on < balance.renewed_through_on THEN p_today
                 ELSE least(p_sent_on, p_today) END,
            balance.renewed_through_on);
        IF spent > 0 THEN
            e_day := ARRAY[day];
            e_contract := ARRAY[contract_after - balance.contract_credits];
            e_purchased := ARRAY[purchased_after - balance.purchased_credits];
        END IF;
    END IF;
    INSERT INTO ledger_charge (
        location_id, key, fingerprint, kind, on_insufficient, outcome, refusal, at, day,
        needed_credits, credits, available_before, held_before, contract_after,
        purchased_after, overdraft_limit, hold_id)
    VALUES (
        p_location, p_key, p_fingerprint, p_kind, p_on_insufficient,
        CASE refusal WHEN '' THEN 'charged' ELSE 'refused' END, refusal, p_at, day,
        needed, spent, available_before, held, contract_after,
        purchased_after, p_overdraft_limit, hold.id)
    RETURNING id INTO o_charge;
    IF e_day IS NOT NULL THEN
        e_id := ledger_append(
            p_location,
            array_fill(CASE p_kind WHEN 'chat' THEN 'chat' ELSE 'international_' || p_kind END,
                       ARRAY[cardinality(e_day)]),
            e_contract, e_purchased, array_fill(p_at, ARRAY[cardinality(e_day)]), e_day,
            array_fill(o_charge, ARRAY[cardinality(e_day)]));
    END IF;

    IF p_kind = 'chat' THEN
        INSERT INTO ledger_chatmessage (
            location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
            credits, contract_credits, sent_at, day, inbox_id, direction, content, text_type,
            card_id)
        SELECT p_location, o_charge,
               CASE WHEN m.paid > 0 THEN e_id[array_position(e_day, m.day)] END,
               m.position, m.external_id, m.phone,
               CASE m.refusal WHEN '' THEN 'charged' ELSE 'refused' END, m.refusal,
               m.paid, m.contract, m.sent_at, m.day, m.inbox, m.direction, m.content,
               m.text_type, m.card
          FROM unnest(m_position, m_external_id, m_phone, m_sent_at, chat_day, m_paid,
                      m_paid_by_contract, m_refused, chat_inbox, chat_direction, chat_content,
                      chat_text_type, chat_card)
                 AS m (position, external_id, phone, sent_at, day, paid, contract,
                       refusal, inbox, direction, content, text_type, card);
    ELSE
        INSERT INTO ledger_internationalmessage (
            location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
            credits, contract_credits, sent_at, day, channel, country, carrier_type,
            carrier_source, rate_id, seconds, billed_seconds, status, status_detail, status_at,
            profile)
        SELECT p_location, o_charge, CASE WHEN m.paid > 0 THEN e_id[1] END,
               m.position, m.external_id, m.phone,
               CASE m.refusal WHEN '' THEN 'charged' ELSE 'refused' END, m.refusal,
               m.paid, m.contract, m.sent_at, day, p_kind, m.country, m.carrier_type,
               m.carrier_source, m.rate, m.seconds, m.billed_seconds, coalesce(m.status, ''),
               coalesce(m.status_detail, ''), m.status_at,
               coalesce(nullif(m.profile, ''), '{}')::jsonb
          FROM unnest(m_position, m_external_id, m_phone, m_sent_at, m_paid,
                      m_paid_by_contract, m_refused, intl_country, intl_carrier_type,
                      intl_carrier_source, intl_rate, intl_seconds, intl_billed_seconds,
                      intl_status, intl_status_detail, intl_status_at, intl_profile)
                 AS m (position, external_id, phone, sent_at, paid, contract,
                       refusal, country, carrier_type, carrier_source, rate, seconds,
                       billed_seconds, status, status_detail, status_at, profile);
    END IF;
    IF hold.id IS NOT NULL THEN
        UPDATE ledger_hold SET state = 'settled', ended_at = p_at,
               settlement_fingerprint = p_settlement_fingerprint
         WHERE id = hold.id;
    END IF;
    o_state := 'posted';
END $$;
