from collections.abc import Collection

from ledger.engine.pg_arrays import plain_array
from ledger.models import Charge, ChargeKind, ChatMessage, InternationalMessage
from ledger.reading.explanations import MessagePayment
from locations.db.sql import fetch_rows

# The messages of an entry were paid in the order of the request: those before the first position
# are summed, those from there on are followed one by one.
# pghistory adds its context to queries that do not begin with SELECT.
PAID = """
    SELECT * FROM (
    WITH page AS (
        SELECT min(position) AS first, max(position) AS last
          FROM {table} WHERE charge_id = %(charge)s AND position = ANY(%(positions)s::int[])),
    earlier AS (
        SELECT entry_id, sum(credits) AS credits, sum(credits - contract_credits) AS purchased
          FROM {table}, page
         WHERE charge_id = %(charge)s AND position < page.first AND credits > 0
         GROUP BY entry_id),
    followed AS (
        SELECT id, entry_id, position, credits, contract_credits,
               sum(credits) OVER up_to AS credits_up_to,
               sum(credits - contract_credits) OVER up_to AS purchased_up_to
          FROM {table}, page
         WHERE charge_id = %(charge)s AND position BETWEEN page.first AND page.last
           AND credits > 0
        WINDOW up_to AS (PARTITION BY entry_id ORDER BY position))
    SELECT m.id, m.contract_credits, m.credits - m.contract_credits,
           e.contract_after - e.contract_delta + e.purchased_after - e.purchased_delta
               - coalesce(earlier.credits, 0) - m.credits_up_to + m.credits,
           e.purchased_after - e.purchased_delta - coalesce(earlier.purchased, 0)
               - m.purchased_up_to + m.credits - m.contract_credits
      FROM followed m
      JOIN ledger_entry e ON e.id = m.entry_id
      LEFT JOIN earlier ON earlier.entry_id = m.entry_id
     WHERE m.position = ANY(%(positions)s::int[])) paid
"""
TABLES = {
    ChargeKind.CHAT: ChatMessage._meta.db_table,
    ChargeKind.TEXT: InternationalMessage._meta.db_table,
    ChargeKind.VOICE: InternationalMessage._meta.db_table,
}


def payments(charge: Charge, positions: Collection[int]) -> dict[int, MessagePayment]:
    """By message id; free messages are missing. One query."""
    statement = PAID.format(table=TABLES[ChargeKind(charge.kind)])
    paid = {}
    for pk, contract, rest, before, purchased_before in fetch_rows(
        statement, charge=charge.pk, positions=plain_array([*positions])
    ):
        # What is purchased goes first; what is taken beyond it is a debt.
        purchased = min(int(rest), max(0, int(purchased_before)))
        paid[pk] = MessagePayment(contract, purchased, int(rest) - purchased, int(before))
    return paid
