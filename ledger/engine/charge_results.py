from collections.abc import Sequence

from ledger.engine.charge_requests import ChargeResult, MessageRequest, MessageResult
from ledger.engine.posting import PostedCharge
from ledger.engine.rating import Rated
from ledger.models import Charge, ChargeKind, ChatMessage, InternationalMessage, Outcome

DOMESTIC = "domestic"


def build_result(
    key: str,
    posted: PostedCharge,
    overdraft: int,
    messages: Sequence[MessageRequest],
    rated: Sequence[Rated | None],
) -> ChargeResult:
    results: list[MessageResult] = []
    stored = zip(posted.refusals, posted.paid, posted.paid_by_contract, strict=True)
    for message, rating in zip(messages, rated, strict=True):
        if rating is not None and rating.is_domestic:
            results.append(MessageResult(message.external_id, DOMESTIC))
            continue
        refusal, paid, paid_by_contract = next(stored)
        outcome = Outcome.REFUSED if refusal else Outcome.CHARGED
        results.append(
            MessageResult(message.external_id, outcome, refusal, paid, paid_by_contract, rating)
        )
    return ChargeResult(
        charge_id=posted.charge_id,
        key=key,
        outcome=Outcome.REFUSED if posted.refusal else Outcome.CHARGED,
        refusal=posted.refusal,
        needed=posted.needed,
        credits=posted.spent,
        available_before=posted.available_before,
        overdraft_limit=overdraft,
        contract_after=posted.contract_after,
        purchased_after=posted.purchased_after,
        messages=tuple(results),
    )


def load_result(charge_id: int, messages: Sequence[MessageRequest]) -> ChargeResult:
    charge = Charge.objects.get(pk=charge_id)
    model = ChatMessage if charge.kind == ChargeKind.CHAT else InternationalMessage
    stored = {
        message.position: MessageResult(
            message.external_id,
            message.outcome,
            message.refusal,
            message.credits,
            message.contract_credits,
        )
        for message in model.objects.filter(charge=charge)
    }
    return ChargeResult(
        charge_id=charge.pk,
        key=charge.key,
        outcome=charge.outcome,
        refusal=charge.refusal,
        needed=charge.needed_credits,
        credits=charge.credits,
        available_before=charge.available_before,
        overdraft_limit=charge.overdraft_limit,
        contract_after=charge.contract_after,
        purchased_after=charge.purchased_after,
        messages=tuple(
            stored.get(number) or MessageResult(message.external_id, DOMESTIC)
            for number, message in enumerate(messages)
        ),
        replayed=True,
    )
