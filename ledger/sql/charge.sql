-- Charges one request of a location: judges its messages in order, splits what they cost over the
-- buckets, writes the charge, its entries and its messages. One round trip, one commit, any number
-- of messages. Rating happened before, in Python; what it relied on is checked here under the lock.
--
-- o_state: 'posted', or nothing was written:
--   'replayed'           the key has been used for the same content: o_charge has the answer
--   'key_reuse'          the key has been used for something else
--   'external_id_taken'  a message has been charged before
--   'stale'              the location's terms or a card in force are not what was rated with
--   'renewal_due'        a term has ended: renew first
--   'hold_ended'         the hold was settled, released or has expired
--   'over_hold'          what happened costs more than was held, and more than the hold allows
--
-- Plans are kept: looking for the best plan of each list of ids costs more than any of them saves.
CREATE OR REPLACE FUNCTION ledger_charge(
    p_location bigint, p_terms_version bigint, p_overdraft_limit bigint,
    p_at timestamptz, p_today date,
    -- which card was taken for which day and series (null: the default series)
    r_series bigint[], r_day date[], r_card bigint[],
    p_key text, p_fingerprint bytea, p_kind text, p_on_insufficient text,
    -- of a broadcast: the location's day on which its first message was sent
    p_sent_on date,
    -- the messages, in order; what costs nothing has 0 credits
    m_position int[], m_external_id text[], m_phone text[], m_sent_at timestamptz[],
    m_credits bigint[], m_refusal text[],
    -- of international messages; the later ones are null where no message has any
    i_country text[], i_carrier_type text[], i_carrier_source text[], i_rate bigint[],
    i_seconds int[], i_billed_seconds int[], i_status text[], i_status_detail text[],
    i_status_at timestamptz[], i_profile text[],
    -- of chat messages
    t_sent_on date[], t_inbox bigint[], t_direction text[], t_content text[], t_text_type text[],
    t_card bigint[],
    -- the hold that the charge settles, and what ends it
    p_hold bigint, p_ending bytea,
    OUT o_state text, OUT o_charge bigint,
    -- credits: all that could be sent, what was charged, the balance before and after
    OUT needed bigint, OUT spent bigint, OUT before bigint,
    OUT after_contract bigint, OUT after_purchased bigint, OUT refusal text,
    -- of each message: credits charged, of them from contract, its refusal or ''
    OUT m_paid bigint[], OUT m_contract bigint[], OUT m_outcome text[]
)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    balance ledger_balance;
    hold ledger_hold;
    held bigint;                -- what other open holds have set aside
    terms bigint;
    is_stale boolean;
    key_elsewhere boolean;
    found_fingerprint bytea;
    messages int := cardinality(m_external_id);
    whole boolean := p_kind <> 'chat' AND p_on_insufficient = 'refuse_all';
    sent boolean := false;      -- whether any message went
    short boolean := false;     -- whether any was refused for want of credits
    goes boolean;
    cost bigint;
    part bigint;
    day date;                   -- on which it stands, a broadcast with all its messages
    t_day date[] := t_sent_on;  -- on which each chat message stands
    e_day date[];
    e_contract bigint[];
    e_purchased bigint[];
    e_id bigint[];
BEGIN
    -- Everything that changes this location's credits waits here: two charges that both saw
    -- the last credits would both take them.
    SELECT * INTO balance FROM ledger_balance WHERE location_id = p_location FOR UPDATE;
    IF NOT FOUND THEN
        o_state := 'renewal_due';
        RETURN;
    END IF;

    -- A key seen before has its answer already, whatever has changed since.
    SELECT c.id, c.fingerprint,
           EXISTS (SELECT 1 FROM ledger_entry WHERE location_id = p_location AND key = p_key)
           OR EXISTS (SELECT 1 FROM ledger_hold WHERE location_id = p_location AND key = p_key)
      INTO o_charge, found_fingerprint, key_elsewhere
      FROM (VALUES (1)) always
      LEFT JOIN ledger_charge c ON c.location_id = p_location AND c.key = p_key;
    IF o_charge IS NOT NULL OR key_elsewhere THEN
        o_state := CASE WHEN found_fingerprint = p_fingerprint THEN 'replayed'
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
               SELECT 1 FROM unnest(r_series, r_day, r_card) AS used (series, day, card)
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
    -- More than was held follows the hold's own rule. What was held is paid whatever has come in
    -- between: it was promised.
    IF hold.id IS NOT NULL AND needed > hold.credits AND (
        hold.over_rule = 'refuse' OR (
            hold.over_rule = 'overflow'
            AND balance.contract_credits + balance.purchased_credits - held - needed
                < -p_overdraft_limit)) THEN
        o_state := 'over_hold';
        RETURN;
    END IF;

    -- An external id is charged once in a location, as a text, a call or a chat message. LIMIT keeps
    -- it a probe of an index for each id: asked for all of them at once, the planner may take to
    -- reading every message that the location has.
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

    before := balance.contract_credits + balance.purchased_credits - held;
    after_contract := balance.contract_credits;
    after_purchased := balance.purchased_credits;
    spent := 0;
    m_paid := array_fill(0::bigint, ARRAY[messages]);
    m_contract := m_paid;
    m_outcome := m_refusal;
    FOR n IN 1 .. messages LOOP
        CONTINUE WHEN m_refusal[n] <> '';
        cost := m_credits[n];
        -- What has arrived cannot be refused. A broadcast goes whole or, where its sender says
        -- so, as far as it fits, in the order given; chat is judged one by one.
        IF hold.id IS NOT NULL THEN
            goes := true;
            IF hold.over_rule = 'cap' THEN
                cost := least(cost, hold.credits - spent);
            END IF;
        ELSIF whole THEN
            goes := needed = 0 OR before - needed >= -p_overdraft_limit;
        ELSE
            goes := t_direction[n] IS NOT DISTINCT FROM 'inbound' OR cost = 0
                 OR before - spent - cost >= -p_overdraft_limit;
        END IF;
        IF goes THEN
            -- Contract credits lapse first, so they go first; the rest is purchased or debt.
            part := least(cost, after_contract);
            after_contract := after_contract - part;
            after_purchased := after_purchased - (cost - part);
            spent := spent + cost;
            sent := true;
            m_paid[n] := cost;
            m_contract[n] := part;
        ELSE
            short := true;
            m_outcome[n] := 'insufficient_credits';
        END IF;
    END LOOP;
    refusal := CASE WHEN sent OR messages = 0 THEN ''
                    WHEN short THEN 'insufficient_credits' ELSE 'nothing_to_send' END;

    -- Late usage stands on the day it was sent if that lies in the current term, else on
    -- today: a past term never changes, not even by a clock that is behind (greatest).
    IF p_kind = 'chat' THEN
        SELECT array_agg(greatest(
                   CASE WHEN m.sent_on < balance.renewed_through_on THEN p_today
                        ELSE least(m.sent_on, p_today) END,
                   balance.renewed_through_on) ORDER BY m.n)
          INTO t_day FROM unnest(t_sent_on) WITH ORDINALITY AS m (sent_on, n);
        SELECT min(d) INTO day FROM unnest(t_day) AS d;
        SELECT array_agg(e.day ORDER BY e.day), array_agg(-e.contract ORDER BY e.day),
               array_agg(e.contract - e.paid ORDER BY e.day)
          INTO e_day, e_contract, e_purchased
          FROM (SELECT m.day, sum(m.paid)::bigint AS paid, sum(m.contract)::bigint AS contract
                  FROM unnest(t_day, m_paid, m_contract) AS m (day, paid, contract)
                 WHERE m.paid > 0 GROUP BY m.day) e;
    ELSE
        day := greatest(
            CASE WHEN p_sent_on < balance.renewed_through_on THEN p_today
                 ELSE least(p_sent_on, p_today) END,
            balance.renewed_through_on);
        IF spent > 0 THEN
            e_day := ARRAY[day];
            e_contract := ARRAY[after_contract - balance.contract_credits];
            e_purchased := ARRAY[after_purchased - balance.purchased_credits];
        END IF;
    END IF;
    INSERT INTO ledger_charge (
        location_id, key, fingerprint, kind, on_insufficient, outcome, refusal, at, day,
        needed_credits, credits, available_before, held_before, contract_after,
        purchased_after, overdraft_limit, hold_id)
    VALUES (
        p_location, p_key, p_fingerprint, p_kind, p_on_insufficient,
        CASE refusal WHEN '' THEN 'charged' ELSE 'refused' END, refusal, p_at, day,
        needed, spent, before, held, after_contract,
        after_purchased, p_overdraft_limit, hold.id)
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
          FROM unnest(m_position, m_external_id, m_phone, m_sent_at, t_day, m_paid, m_contract,
                      m_outcome, t_inbox, t_direction, t_content, t_text_type, t_card)
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
               coalesce(m.status_detail, ''), m.status_at, coalesce(nullif(m.profile, ''), '{}')::jsonb
          FROM unnest(m_position, m_external_id, m_phone, m_sent_at, m_paid, m_contract,
                      m_outcome, i_country, i_carrier_type, i_carrier_source, i_rate, i_seconds,
                      i_billed_seconds, i_status, i_status_detail, i_status_at, i_profile)
                 AS m (position, external_id, phone, sent_at, paid, contract,
                       refusal, country, carrier_type, carrier_source, rate, seconds,
                       billed_seconds, status, status_detail, status_at, profile);
    END IF;
    IF hold.id IS NOT NULL THEN
        UPDATE ledger_hold SET state = 'settled', ended_at = p_at, ending = p_ending
         WHERE id = hold.id;
    END IF;
    o_state := 'posted';
END $$;
