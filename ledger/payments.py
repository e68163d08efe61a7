"""Which credits paid for each message of a charge, and the balance around it."""

from collections.abc import Collection

from django.db import connection

from ledger.explaining import Payment
from ledger.models import Charge, ChargeKind, ChatMessage, InternationalMessage

# Within an entry its messages were paid in the order of the request.
PAID = """
    SELECT m.id, m.contract_credits, m.credits - m.contract_credits,
           e.contract_after - e.contract_delta + e.purchased_after - e.purchased_delta
               - m.credits_earlier,
           e.purchased_after - e.purchased_delta - m.purchased_earlier
      FROM (SELECT id, entry_id, credits, contract_credits,
                   sum(credits) OVER earlier - credits AS credits_earlier,
                   sum(credits - contract_credits) OVER earlier
                       - (credits - contract_credits) AS purchased_earlier
              FROM {table} WHERE charge_id = %(charge)s AND credits > 0
            WINDOW earlier AS (PARTITION BY entry_id ORDER BY position)) m
      JOIN ledger_entry e ON e.id = m.entry_id
     WHERE m.id = ANY(%(messages)s)
"""
TABLES = {
    ChargeKind.CHAT: ChatMessage._meta.db_table,
    ChargeKind.TEXT: InternationalMessage._meta.db_table,
    ChargeKind.VOICE: InternationalMessage._meta.db_table,
}


def payments(charge: Charge, message_ids: Collection[int]) -> dict[int, Payment]:
    """By message; those that cost nothing have none. One query, whatever the charge's size."""
    with connection.cursor() as cursor:
        cursor.execute(
            PAID.format(table=TABLES[ChargeKind(charge.kind)]),
            {"charge": charge.pk, "messages": list(message_ids)},
        )
        rows = cursor.fetchall()
    paid = {}
    for pk, contract, rest, before, purchased_before in rows:
        # What is purchased goes first; what is taken beyond it is a debt.
        purchased = min(int(rest), max(0, int(purchased_before)))
        paid[pk] = Payment(contract, purchased, int(rest) - purchased, int(before))
    return paid
