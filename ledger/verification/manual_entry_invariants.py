from ledger.verification.invariants import ENTRIES, Invariant

MANUAL_ENTRY_INVARIANTS = (
    Invariant(
        2,
        "a write-off ends at zero",
        f"""
        SELECT location_id, format('entry %%s wrote %%s off and left %%s purchased credits%%s',
                                   number, purchased_delta, purchased_after,
                                   CASE WHEN contract_id IS NULL AND created_by_id IS NULL
                                        THEN ', and nobody made it' ELSE '' END)
          FROM {ENTRIES} e
         WHERE kind = 'write_off'
           AND (purchased_after <> 0
                OR (contract_id IS NULL AND (created_by_id IS NULL OR reason = '')))""",
    ),
    Invariant(
        4,
        "what changes a term's grant names the running term",
        f"""
        SELECT e.location_id, format('entry %%s names the term from %%s of contract %%s, the last '
                                     'grant before it that from %%s of contract %%s', e.number,
                                     e.term_starts_on, e.contract_id,
                                     coalesce(g.term_starts_on::text, 'none'),
                                     coalesce(g.contract_id::text, 'none'))
          FROM {ENTRIES} e
          LEFT JOIN LATERAL (
               SELECT contract_id, term_starts_on FROM ledger_entry l
                WHERE l.location_id = e.location_id AND l.kind = 'contract_grant'
                  AND l.number < e.number
                ORDER BY number DESC LIMIT 1) g ON true
         WHERE e.kind = 'adjustment' AND e.contract_id IS NOT NULL
           AND (e.contract_id, e.term_starts_on)
               IS DISTINCT FROM (g.contract_id, g.term_starts_on)""",
    ),
    Invariant(
        3,
        "what two people approved is what one of them asked for",
        """
        SELECT coalesce(e.location_id, a.location_id),
               format('entry %%s: %%s, asked by user %%s, decided by user %%s, request %%s',
                      coalesce(e.number::text, 'none'), coalesce(e.kind, a.kind),
                      coalesce(a.requested_by_id::text, 'none'),
                      coalesce(a.decided_by_id::text, 'none'), coalesce(a.id::text, 'none'))
          FROM (SELECT * FROM ledger_entry WHERE approved_by_id IS NOT NULL) e
          FULL JOIN (SELECT * FROM ledger_approvalrequest WHERE state = 'approved') a
                 ON a.entry_id = e.id
         WHERE (%(location)s::bigint IS NULL
                OR coalesce(e.location_id, a.location_id) = %(location)s)
           AND ((e.location_id, e.kind, e.key, e.created_by_id, e.approved_by_id, e.charge_id,
                 e.contract_id, e.term_starts_on)
                IS DISTINCT FROM (a.location_id, a.kind, a.key, a.requested_by_id, a.decided_by_id,
                                  a.charge_id, a.contract_id, a.term_starts_on)
                OR a.requested_by_id = a.decided_by_id
                OR (e.kind IN ('purchase', 'adjustment')
                    AND e.contract_delta + e.purchased_delta <> a.credits))""",
    ),
)
