"""The invariants of docs/domain.md as SQL: location id and detail of every violation.

None relies on the guards of the database: a guard may have been switched off.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """One query; `rule` is the number of the invariant in docs/domain.md."""

    rule: int
    name: str
    sql: str


MESSAGES = """(
    SELECT location_id, charge_id, entry_id, reversal_id, external_id, position, outcome,
           refusal, credits, contract_credits, day, channel AS kind, false AS inbound
      FROM ledger_internationalmessage
     WHERE %(location)s::bigint IS NULL OR location_id = %(location)s
    UNION ALL
    SELECT location_id, charge_id, entry_id, reversal_id, external_id, position, outcome,
           refusal, credits, contract_credits, day, 'chat', direction = 'inbound'
      FROM ledger_chatmessage
     WHERE %(location)s::bigint IS NULL OR location_id = %(location)s)"""
ENTRIES = """(SELECT * FROM ledger_entry
     WHERE %(location)s::bigint IS NULL OR location_id = %(location)s)"""
CHARGES = """(SELECT * FROM ledger_charge
     WHERE %(location)s::bigint IS NULL OR location_id = %(location)s)"""
HOLDS = """(SELECT * FROM ledger_hold
     WHERE %(location)s::bigint IS NULL OR location_id = %(location)s)"""
USAGE_KIND = "CASE m.kind WHEN 'chat' THEN 'chat' ELSE 'international_' || m.kind END"

INVARIANTS = (
    Invariant(
        1,
        "balance equals the sum of its entries",
        f"""
        SELECT coalesce(b.location_id, e.location_id),
               format('balance %%s contract + %%s purchased at entry %%s; entries sum to '
                      '%%s + %%s in %%s entries',
                      b.contract_credits, b.purchased_credits, b.last_number,
                      coalesce(e.contract, 0), coalesce(e.purchased, 0), coalesce(e.entries, 0))
          FROM (SELECT * FROM ledger_balance
                 WHERE %(location)s::bigint IS NULL OR location_id = %(location)s) b
          FULL JOIN (SELECT location_id, sum(contract_delta) AS contract,
                            sum(purchased_delta) AS purchased, count(*) AS entries
                       FROM {ENTRIES} e GROUP BY location_id) e USING (location_id)
         WHERE (b.contract_credits, b.purchased_credits, b.last_number)
               IS DISTINCT FROM (coalesce(e.contract, 0), coalesce(e.purchased, 0),
                                 coalesce(e.entries, 0))""",
    ),
    Invariant(
        2,
        "each entry continues the one before",
        f"""
        SELECT location_id,
               format('entry %%s: %%s%%s contract = %%s after %%s; '
                      '%%s%%s purchased = %%s after %%s',
                      number, contract_before, to_char(contract_delta, 'SG999999999999'),
                      contract_after, before, purchased_before,
                      to_char(purchased_delta, 'SG999999999999'), purchased_after, before)
          FROM (SELECT e.*, lag(number, 1, 0::bigint) OVER w AS before,
                       lag(contract_after, 1, 0::bigint) OVER w AS contract_before,
                       lag(purchased_after, 1, 0::bigint) OVER w AS purchased_before
                  FROM {ENTRIES} e WINDOW w AS (PARTITION BY location_id ORDER BY number)) e
         WHERE number <> before + 1
            OR contract_after <> contract_before + contract_delta
            OR purchased_after <> purchased_before + purchased_delta""",
    ),
    Invariant(
        3,
        "a message belongs to a charge of its location",
        f"""
        SELECT m.location_id, format('message %%s names charge %%s, which is not there',
                                     m.external_id, m.charge_id)
          FROM {MESSAGES} m LEFT JOIN ledger_charge c
            ON c.id = m.charge_id AND c.location_id = m.location_id
         WHERE c.id IS NULL""",
    ),
    Invariant(
        3,
        "what cost something belongs to the entry of its charge and day",
        f"""
        SELECT m.location_id, format('message %%s: %%s credits, %%s', m.external_id, m.credits,
               CASE WHEN e.id IS NULL THEN 'no entry'
                    ELSE 'entry ' || e.number || ' is of another charge, day or kind' END)
          FROM {MESSAGES} m LEFT JOIN ledger_entry e ON e.id = m.entry_id
         WHERE (m.credits > 0) <> (m.entry_id IS NOT NULL)
            OR (m.entry_id IS NOT NULL AND (e.location_id, e.charge_id, e.day, e.kind)
                IS DISTINCT FROM (m.location_id, m.charge_id, m.day, {USAGE_KIND}))""",
    ),
    Invariant(
        3,
        "an entry's messages sum to what it took",
        f"""
        SELECT e.location_id,
               format('entry %%s took %%s contract + %%s purchased, its messages cost %%s + %%s',
                      e.number, -e.contract_delta, -e.purchased_delta,
                      coalesce(m.contract, 0), coalesce(m.credits - m.contract, 0))
          FROM {ENTRIES} e
          LEFT JOIN (SELECT entry_id, sum(credits) AS credits, sum(contract_credits) AS contract
                       FROM {MESSAGES} m WHERE entry_id IS NOT NULL GROUP BY entry_id) m
                 ON m.entry_id = e.id
         WHERE e.kind IN ('international_text', 'international_voice', 'chat')
           AND (e.contract_delta, e.purchased_delta) IS DISTINCT FROM
               (-coalesce(m.contract, 0), coalesce(m.contract - m.credits, 0))""",
    ),
    Invariant(
        3,
        "a charge is what its entries and its messages say",
        f"""
        SELECT c.location_id,
               format('charge %%s: %%s credits, entries %%s, messages %%s', c.key, c.credits,
                      coalesce(e.credits, 0), coalesce(m.credits, 0))
          FROM {CHARGES} c
          LEFT JOIN (SELECT charge_id, -sum(contract_delta + purchased_delta) AS credits,
                            count(*) AS entries
                       FROM {ENTRIES} e
                      WHERE kind IN ('international_text', 'international_voice', 'chat')
                      GROUP BY charge_id) e ON e.charge_id = c.id
          LEFT JOIN (SELECT charge_id, sum(credits) AS credits FROM {MESSAGES} m
                      GROUP BY charge_id) m ON m.charge_id = c.id
         WHERE c.credits <> coalesce(e.credits, 0) OR c.credits <> coalesce(m.credits, 0)
            OR (c.credits = 0 AND e.entries > 0)""",
    ),
    Invariant(
        3,
        "an international message costs what its rate says",
        """
        SELECT m.location_id,
               format('message %%s: %%s credits for %%s at rate %%s', m.external_id, m.credits,
                      coalesce(m.billed_seconds || ' s', 'a text'), r.credits)
          FROM ledger_internationalmessage m
          LEFT JOIN locations_rate r ON r.id = m.rate_id
          LEFT JOIN locations_ratecard c ON c.id = r.card_id
          JOIN ledger_charge g ON g.id = m.charge_id
          LEFT JOIN ledger_hold h ON h.id = g.hold_id
         WHERE (%(location)s::bigint IS NULL OR m.location_id = %(location)s)
           AND m.outcome = 'charged'
           AND NOT (h.over_rule IS NOT DISTINCT FROM 'cap' AND g.credits = h.credits)
           AND (r.id IS NULL OR c.published_at IS NULL
                OR (r.country, r.carrier_type, r.channel)
                   <> (m.country, m.carrier_type, m.channel)
                OR NOT starts_with(m.phone, '+' || r.prefix)
                OR m.credits <> CASE m.channel WHEN 'text' THEN r.credits
                                ELSE -div(-r.credits::numeric * m.billed_seconds, 60)
                                     + (mod(r.credits::numeric * m.billed_seconds, 60) > 0)::int
                                END
                OR m.billed_seconds <> CASE WHEN m.seconds = 0 THEN 0 ELSE r.first_seconds +
                       greatest(0, ceil((m.seconds - r.first_seconds)::numeric
                                        / r.following_seconds)) * r.following_seconds END)""",
    ),
    Invariant(
        3,
        "a chat message costs what its card says",
        """
        SELECT m.location_id, format('message %%s: %%s credits for an %%s', m.external_id,
                                     m.credits, upper(m.text_type))
          FROM ledger_chatmessage m LEFT JOIN locations_ratecard c ON c.id = m.card_id
         WHERE (%(location)s::bigint IS NULL OR m.location_id = %(location)s)
           AND m.outcome = 'charged'
           AND m.credits <> CASE m.text_type WHEN 'mms' THEN coalesce(c.chat_mms_credits, 4)
                                             ELSE coalesce(c.chat_sms_credits, 2) END""",
    ),
    Invariant(
        3,
        "an external id is charged once",
        f"""
        SELECT location_id, format('message %%s was charged %%s times', external_id, count(*))
          FROM {MESSAGES} m WHERE outcome = 'charged'
         GROUP BY location_id, external_id HAVING count(*) > 1""",
    ),
    Invariant(
        3,
        "an idempotency key is used once",
        f"""
        SELECT location_id, format('key %%s was used %%s times', key, count(*))
          FROM (SELECT location_id, key FROM {CHARGES} c
                UNION ALL
                SELECT location_id, key FROM {ENTRIES} e WHERE key IS NOT NULL
                UNION ALL
                SELECT location_id, key FROM {HOLDS} h) k
         GROUP BY location_id, key HAVING count(*) > 1""",
    ),
    Invariant(
        5,
        "no outbound charge goes below the overdraft limit",
        f"""
        SELECT m.location_id,
               format('message %%s took the balance to %%s, the limit is -%%s', m.external_id,
                      c.available_before - m.until_here, c.overdraft_limit)
          FROM (SELECT m.*, sum(credits) OVER (PARTITION BY charge_id ORDER BY position)
                       AS until_here FROM {MESSAGES} m) m
          JOIN ledger_charge c ON c.id = m.charge_id
         WHERE m.credits > 0 AND NOT m.inbound AND c.hold_id IS NULL
           AND c.available_before - m.until_here < -c.overdraft_limit""",
    ),
    Invariant(
        5,
        "a charge was judged by the balance that was there",
        f"""
        SELECT c.location_id, format('charge %%s saw %%s available and %%s held, the ledger '
                                     '%%s', c.key, c.available_before, c.held_before, e.before)
          FROM {CHARGES} c
          JOIN LATERAL (SELECT contract_after + purchased_after - contract_delta - purchased_delta
                               AS before
                          FROM ledger_entry e WHERE e.charge_id = c.id
                         ORDER BY number LIMIT 1) e ON true
         WHERE c.available_before + c.held_before <> e.before""",
    ),
    Invariant(
        3,
        "a reversal gives back what its messages cost",
        f"""
        SELECT e.location_id,
               format('entry %%s gave back %%s contract (%%s lapsed) + %%s purchased, its messages '
                      'cost %%s + %%s', e.number, e.contract_delta, e.lapsed_credits,
                      e.purchased_delta, coalesce(m.contract, 0),
                      coalesce(m.credits - m.contract, 0))
          FROM {ENTRIES} e
          LEFT JOIN (SELECT reversal_id, sum(credits) AS credits,
                            sum(contract_credits) AS contract
                       FROM {MESSAGES} m WHERE reversal_id IS NOT NULL
                      GROUP BY reversal_id) m ON m.reversal_id = e.id
         WHERE e.kind = 'reversal'
           AND (e.contract_delta + e.lapsed_credits, e.purchased_delta) IS DISTINCT FROM
               (coalesce(m.contract, 0), coalesce(m.credits - m.contract, 0))""",
    ),
    Invariant(
        1,
        "a hold ends once, by what it says",
        f"""
        SELECT h.location_id, format('hold %%s is %%s, its charge took %%s of %%s held', h.key,
                                     h.state, coalesce(c.credits::text, 'nothing'), h.credits)
          FROM {HOLDS} h LEFT JOIN ledger_charge c ON c.hold_id = h.id
         WHERE (h.state = 'settled') <> (c.id IS NOT NULL)
            OR c.location_id <> h.location_id
            OR (c.credits > h.credits AND h.over_rule <> 'overflow')
            OR (h.state = 'open') <> (h.ended_at IS NULL)""",
    ),
    Invariant(
        6,
        "a past term never changes",
        f"""
        SELECT location_id, format('entry %%s stands on %%s, in a term that had ended on %%s',
                                   number, day, term)
          FROM (SELECT e.*, max(term_starts_on) FILTER (WHERE kind = 'contract_grant')
                            OVER (PARTITION BY location_id ORDER BY number) AS term
                  FROM {ENTRIES} e) e
         WHERE day < term""",
    ),
)
