-- Charges a list of requests of one location: judges them in order, splits what they cost over
-- the buckets, writes charges, entries and messages. One round trip, one commit, any number of
-- messages. Rating happened before, in Python; what it relied on is checked here under the lock.
--
-- o_state: 'done', or nothing was written and the caller has to look again:
--   'stale'        the location's terms or a card in force are not what was rated with
--   'renewal_due'  a term has ended: renew first
--   'hold_ended'   the hold was settled, released or has expired
--   'over_hold'    what happened costs more than was held, and more than the hold allows
-- o_answer, one element a charge: 'posted', 'replayed' (same key, same content), 'key_reuse'
--   (same key, other content), 'external_id_taken'. The figures beside it hold for 'posted'.
CREATE FUNCTION ledger_charge(
    p_location bigint, p_terms_version bigint, p_overdraft_limit bigint,
    p_at timestamptz, p_today date,
    -- which card was taken for which day and series (null: the default series)
    r_series bigint[], r_day date[], r_card bigint[],
    -- the charges
    c_key text[], c_fingerprint bytea[], c_kind text[], c_on_insufficient text[],
    -- the messages, in order; m_charge counts the charges from 1; m_sent_on is the location's
    -- day of sending, which for a broadcast is that of its first message
    m_charge int[], m_position int[], m_external_id text[], m_phone text[],
    m_sent_at timestamptz[], m_sent_on date[], m_credits bigint[], m_refusal text[],
    -- of international messages
    i_channel text[], i_country text[], i_carrier_type text[], i_carrier_source text[],
    i_rate bigint[], i_seconds int[], i_billed_seconds int[], i_status text[],
    i_status_detail text[], i_status_at timestamptz[], i_profile text[],
    -- of chat messages
    t_inbox bigint[], t_direction text[], t_content text[], t_text_type text[], t_card bigint[],
    -- the hold that the one charge settles, and what ends it
    p_hold bigint, p_ending bytea,
    OUT o_state text, OUT o_answer text[], OUT o_charge bigint[],
    -- of each charge: all that could be sent, what was charged, the balance before and after
    OUT needed bigint[], OUT spent bigint[], OUT before bigint[],
    OUT after_contract bigint[], OUT after_purchased bigint[], OUT refusal text[],
    -- of each message: credits charged, of them from contract, its refusal or ''
    OUT m_paid bigint[], OUT m_contract bigint[], OUT m_outcome text[]
)
LANGUAGE plpgsql AS $$
DECLARE
    balance ledger_balance;
    hold ledger_hold;
    held bigint;                -- what other open holds have set aside
    terms bigint;
    charges int := cardinality(c_key);
    c_whole boolean[];          -- of each charge: whether it goes whole or not at all
    found_id bigint;
    found_fingerprint bytea;
    sent boolean[];             -- whether any message of it went
    short boolean[];            -- whether any was refused for want of credits
    m_day date[];               -- the day on which it counts
    current int := 0;
    goes boolean;
    part bigint;
    e_charge bigint[];
    e_kind text[];
    e_day date[];
    e_contract bigint[];
    e_purchased bigint[];
    e_id bigint[];
    message record;
BEGIN
    -- Everything that changes this location's credits waits here: two charges that both saw
    -- the last credits would both take them.
    SELECT * INTO balance FROM ledger_balance WHERE location_id = p_location FOR UPDATE;
    IF NOT FOUND THEN
        o_state := 'renewal_due';
        RETURN;
    END IF;

    -- A key seen before has its answer already, whatever has changed since.
    o_charge := array_fill(NULL::bigint, ARRAY[charges]);
    o_answer := array_fill('posted'::text, ARRAY[charges]);
    FOR i IN 1 .. charges LOOP
        SELECT id, fingerprint INTO found_id, found_fingerprint
          FROM ledger_charge WHERE location_id = p_location AND key = c_key[i];
        IF FOUND THEN
            o_charge[i] := found_id;
            o_answer[i] := CASE WHEN found_fingerprint = c_fingerprint[i]
                                THEN 'replayed' ELSE 'key_reuse' END;
        ELSIF EXISTS (SELECT 1 FROM ledger_entry
                       WHERE location_id = p_location AND key = c_key[i])
           OR EXISTS (SELECT 1 FROM ledger_hold
                       WHERE location_id = p_location AND key = c_key[i]) THEN
            o_answer[i] := 'key_reuse';
        END IF;
    END LOOP;
    IF 'posted' <> ALL (o_answer) THEN
        o_state := 'done';
        RETURN;
    END IF;
    IF p_hold IS NOT NULL THEN
        SELECT * INTO hold FROM ledger_hold WHERE id = p_hold AND location_id = p_location;
        IF hold.state IS DISTINCT FROM 'open' OR p_at >= hold.expires_at THEN
            o_state := 'hold_ended';
            RETURN;
        END IF;
    END IF;
    SELECT coalesce(sum(h.credits), 0) INTO held FROM ledger_hold h
     WHERE h.location_id = p_location AND h.state = 'open' AND h.expires_at > p_at
       AND h.id IS DISTINCT FROM p_hold;

    SELECT terms_version INTO terms FROM locations_location WHERE id = p_location;
    IF terms <> p_terms_version OR EXISTS (
        SELECT 1 FROM unnest(r_series, r_day, r_card) AS used (series, day, card)
         WHERE used.card IS DISTINCT FROM (
               SELECT card.id FROM locations_ratecard card
                WHERE card.series_id = coalesce(used.series, (
                      SELECT id FROM locations_ratecardseries WHERE is_default))
                  AND card.published_at IS NOT NULL AND card.effective_on <= used.day
                ORDER BY card.effective_on DESC LIMIT 1)) THEN
        o_state := 'stale';
        RETURN;
    END IF;
    IF balance.terms_version <> terms OR p_at >= balance.renewal_due_at THEN
        o_state := 'renewal_due';
        RETURN;
    END IF;

    -- An external id is charged once in a location, as a text, a call or a chat message.
    FOR message IN
        SELECT DISTINCT m.charge
          FROM unnest(m_charge, m_external_id, m_refusal) AS m (charge, external_id, refusal)
         WHERE m.refusal = '' AND (
               EXISTS (SELECT 1 FROM ledger_internationalmessage x
                        WHERE x.location_id = p_location AND x.external_id = m.external_id
                          AND x.outcome = 'charged')
            OR EXISTS (SELECT 1 FROM ledger_chatmessage x
                        WHERE x.location_id = p_location AND x.external_id = m.external_id
                          AND x.outcome = 'charged'))
    LOOP
        IF o_answer[message.charge] = 'posted' THEN
            o_answer[message.charge] := 'external_id_taken';
        END IF;
    END LOOP;

    -- Late usage stands on the day it was sent if that lies in the current term, else on
    -- today: a past term never changes, not even by a clock that is behind (greatest).
    SELECT array_agg(greatest(
               CASE WHEN m.sent_on < balance.renewed_through_on THEN p_today
                    ELSE least(m.sent_on, p_today) END,
               balance.renewed_through_on) ORDER BY m.n)
      INTO m_day FROM unnest(m_sent_on) WITH ORDINALITY AS m (sent_on, n);

    SELECT array_agg(kind <> 'chat' AND on_insufficient = 'refuse_all' ORDER BY n)
      INTO c_whole
      FROM unnest(c_kind, c_on_insufficient) WITH ORDINALITY AS c (kind, on_insufficient, n);
    refusal := array_fill(''::text, ARRAY[charges]);
    needed := array_fill(0::bigint, ARRAY[charges]);
    m_paid := '{}'; m_contract := '{}'; m_outcome := '{}';
    spent := needed; before := needed; after_contract := needed; after_purchased := needed;
    sent := array_fill(false, ARRAY[charges]);
    short := sent;
    FOR message IN
        SELECT m.charge, sum(m.credits)::bigint AS credits
          FROM unnest(m_charge, m_credits, m_refusal) AS m (charge, credits, refusal)
         WHERE m.refusal = '' GROUP BY m.charge
    LOOP
        needed[message.charge] := message.credits;
    END LOOP;

    -- More than was held follows the hold's own rule. What was held is paid whatever has come in
    -- between: it was promised.
    IF hold.id IS NOT NULL AND needed[1] > hold.credits AND (
        hold.over_rule = 'refuse' OR (
            hold.over_rule = 'overflow'
            AND balance.contract_credits + balance.purchased_credits - held - needed[1]
                < -p_overdraft_limit)) THEN
        o_state := 'over_hold';
        RETURN;
    END IF;

    FOR message IN
        SELECT m.* FROM unnest(m_charge, m_credits, m_refusal, t_direction) WITH ORDINALITY
                     AS m (charge, credits, refusal, direction, n)
         ORDER BY m.n
    LOOP
        WHILE current < message.charge LOOP
            current := current + 1;
            before[current] := balance.contract_credits + balance.purchased_credits - held;
            after_contract[current] := balance.contract_credits;
            after_purchased[current] := balance.purchased_credits;
        END LOOP;
        IF o_answer[current] <> 'posted' OR message.refusal <> '' THEN
            m_paid := m_paid || 0::bigint;
            m_contract := m_contract || 0::bigint;
            m_outcome := m_outcome || message.refusal;
            CONTINUE;
        END IF;
        -- What has arrived cannot be refused. A broadcast goes whole or, where its sender says
        -- so, as far as it fits, in the order given; chat is judged one by one.
        IF hold.id IS NOT NULL THEN
            goes := true;
            IF hold.over_rule = 'cap' THEN
                message.credits := least(message.credits, hold.credits - spent[1]);
            END IF;
        ELSIF c_whole[current] THEN
            goes := needed[current] = 0
                 OR before[current] - needed[current] >= -p_overdraft_limit;
        ELSE
            goes := message.direction = 'inbound' OR message.credits = 0
                 OR balance.contract_credits + balance.purchased_credits - held
                    - message.credits >= -p_overdraft_limit;
        END IF;
        IF goes THEN
            -- Contract credits lapse first, so they go first; the rest is purchased or debt.
            part := least(message.credits, balance.contract_credits);
            balance.contract_credits := balance.contract_credits - part;
            balance.purchased_credits := balance.purchased_credits - (message.credits - part);
            spent[current] := spent[current] + message.credits;
            after_contract[current] := balance.contract_credits;
            after_purchased[current] := balance.purchased_credits;
            sent[current] := true;
            m_paid := m_paid || message.credits;
            m_contract := m_contract || part;
            m_outcome := m_outcome || ''::text;
        ELSE
            short[current] := true;
            m_paid := m_paid || 0::bigint;
            m_contract := m_contract || 0::bigint;
            m_outcome := m_outcome || 'insufficient_credits'::text;
        END IF;
    END LOOP;
    WHILE current < charges LOOP
        current := current + 1;
        before[current] := balance.contract_credits + balance.purchased_credits - held;
        after_contract[current] := balance.contract_credits;
        after_purchased[current] := balance.purchased_credits;
    END LOOP;

    FOR i IN 1 .. charges LOOP
        refusal[i] := CASE WHEN sent[i] OR i <> ALL (m_charge) THEN ''
                           WHEN short[i] THEN 'insufficient_credits'
                           ELSE 'nothing_to_send' END;
    END LOOP;
    WITH added AS (
        INSERT INTO ledger_charge (
            location_id, key, fingerprint, kind, on_insufficient, outcome, refusal, at, day,
            needed_credits, credits, available_before, held_before, contract_after,
            purchased_after, overdraft_limit, hold_id)
        SELECT p_location, c.key, c.fingerprint, c.kind, c.on_insufficient,
               CASE c.refusal WHEN '' THEN 'charged' ELSE 'refused' END, c.refusal, p_at,
               coalesce(
                   (SELECT min(m.day) FROM unnest(m_charge, m_day) AS m (charge, day)
                     WHERE m.charge = c.n),
                   greatest(p_today, balance.renewed_through_on)),
               c.needed, c.spent, c.before, held, c.after_contract, c.after_purchased,
               p_overdraft_limit, hold.id
          FROM unnest(c_key, c_fingerprint, c_kind, c_on_insufficient, needed, spent, before,
                      after_contract, after_purchased, refusal, o_answer)
                 WITH ORDINALITY
                 AS c (key, fingerprint, kind, on_insufficient, needed, spent, before,
                       after_contract, after_purchased, refusal, answer, n)
         WHERE c.answer = 'posted' ORDER BY c.n
        RETURNING id, key)
    SELECT array_agg(coalesce(added.id, given.id) ORDER BY given.n) INTO o_charge
      FROM unnest(c_key, o_charge) WITH ORDINALITY AS given (key, id, n)
      LEFT JOIN added ON added.key = given.key;

    SELECT array_agg(e.charge ORDER BY e.n, e.day), array_agg(e.kind ORDER BY e.n, e.day),
           array_agg(e.day ORDER BY e.n, e.day), array_agg(-e.contract ORDER BY e.n, e.day),
           array_agg(e.contract - e.paid ORDER BY e.n, e.day)
      INTO e_charge, e_kind, e_day, e_contract, e_purchased
      FROM (SELECT m.charge AS n, o_charge[m.charge] AS charge, m.day,
                   CASE c_kind[m.charge] WHEN 'chat' THEN 'chat'
                        ELSE 'international_' || c_kind[m.charge] END AS kind,
                   sum(m.paid)::bigint AS paid, sum(m.contract)::bigint AS contract
              FROM unnest(m_charge, m_day, m_paid, m_contract) AS m (charge, day, paid, contract)
             WHERE m.paid > 0
             GROUP BY m.charge, m.day) e;
    IF e_charge IS NOT NULL THEN
        e_id := ledger_append(p_location, e_kind, e_contract, e_purchased,
                              array_fill(p_at, ARRAY[cardinality(e_kind)]), e_day, e_charge);
    END IF;

    IF i_channel IS NOT NULL THEN
        INSERT INTO ledger_internationalmessage (
            location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
            credits, contract_credits, sent_at, day, channel, country, carrier_type,
            carrier_source, rate_id, seconds, billed_seconds, status, status_detail, status_at,
            profile)
        SELECT p_location, o_charge[m.charge], e.id, m.position, m.external_id, m.phone,
               CASE WHEN m.refusal = '' THEN 'charged' ELSE 'refused' END, m.refusal,
               m.paid, m.contract, m.sent_at, m.day, m.channel, m.country, m.carrier_type,
               m.carrier_source, m.rate, m.seconds, m.billed_seconds, m.status,
               m.status_detail, m.status_at, m.profile::jsonb
          FROM unnest(m_charge, m_position, m_external_id, m_phone, m_sent_at, m_day, m_paid,
                      m_contract, m_outcome, i_channel, i_country, i_carrier_type,
                      i_carrier_source, i_rate, i_seconds, i_billed_seconds, i_status,
                      i_status_detail, i_status_at, i_profile)
                 WITH ORDINALITY
                 AS m (charge, position, external_id, phone, sent_at, day, paid, contract,
                       refusal, channel, country, carrier_type, carrier_source, rate, seconds,
                       billed_seconds, status, status_detail, status_at, profile, n)
          LEFT JOIN unnest(e_id, e_charge, e_day) AS e (id, charge, day)
                 ON m.paid > 0 AND e.charge = o_charge[m.charge] AND e.day = m.day
         WHERE o_answer[m.charge] = 'posted'
         ORDER BY m.n;
    ELSE
        INSERT INTO ledger_chatmessage (
            location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
            credits, contract_credits, sent_at, day, inbox_id, direction, content, text_type,
            card_id)
        SELECT p_location, o_charge[m.charge], e.id, m.position, m.external_id, m.phone,
               CASE WHEN m.refusal = '' THEN 'charged' ELSE 'refused' END, m.refusal,
               m.paid, m.contract, m.sent_at, m.day, m.inbox, m.direction, m.content,
               m.text_type, m.card
          FROM unnest(m_charge, m_position, m_external_id, m_phone, m_sent_at, m_day, m_paid,
                      m_contract, m_outcome, t_inbox, t_direction, t_content, t_text_type,
                      t_card)
                 WITH ORDINALITY
                 AS m (charge, position, external_id, phone, sent_at, day, paid, contract,
                       refusal, inbox, direction, content, text_type, card, n)
          LEFT JOIN unnest(e_id, e_charge, e_day) AS e (id, charge, day)
                 ON m.paid > 0 AND e.charge = o_charge[m.charge] AND e.day = m.day
         WHERE o_answer[m.charge] = 'posted'
         ORDER BY m.n;
    END IF;
    IF hold.id IS NOT NULL AND o_answer[1] = 'posted' THEN
        UPDATE ledger_hold SET state = 'settled', ended_at = p_at, ending = p_ending
         WHERE id = hold.id;
    END IF;
    o_state := 'done';
END $$;
