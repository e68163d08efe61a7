"""What a long list is said to cost is what its broadcasts then cost, one after the other."""

import random

import pytest

from ledger.engine import charging, funding
from ledger.engine.quotes import QuoteMessage
from locations.models import Location, User
from reports.estimates.estimate import estimate
from reports.estimates.jobs import get_figures
from tests.factories import NOON, call, key, make_location, make_member, text
from tests.reports.estimates.long.lists import ask, done, random_numbers


def check_against_sending(
    location: Location, user: User, numbers: list[str], seconds: int | None, at_once: int
) -> str:
    """The estimate beside its broadcasts sent one after the other; what became of them."""
    channel = "voice" if seconds else "text"
    asked = done(ask(location, user, "\n".join(numbers), channel=channel, seconds=seconds))
    found = get_figures(asked)
    assert found is not None, asked.failure
    answers = [
        charging.charge_broadcast(
            location.pk,
            channel,
            [call(seconds, n) if seconds else text(n) for n in numbers[first : first + at_once]],
            key=key(),
            at=NOON,
        )
        for first in range(0, len(numbers), at_once)
    ]
    assert found.credits == sum(answer.needed for answer in answers)
    assert found.broadcasts == len(answers)
    went = [a for a in answers if a.refusal in ("", "nothing_to_send")]
    assert found.fitting_broadcasts == len(went)
    sent = [message for answer in answers for message in answer.messages]
    assert found.domestic == sum(message.outcome == "domestic" for message in sent)
    refused = [m for m in sent if m.refusal and m.refusal != "insufficient_credits"]
    assert asked.invalid_count == len(refused)
    assert found.available == answers[0].available_before
    last = answers[-1]
    assert (found.payment is not None) is (len(went) == len(answers))
    if found.payment is None:
        assert found.shortfall == found.credits - found.available - last.overdraft_limit
        return "too much"
    assert found.payment.contract_left == last.contract_after
    assert found.payment.purchased_left == last.purchased_after
    assert found.left == last.contract_after + last.purchased_after
    return "overdraft" if found.left < 0 else "sent"


def test_a_list_of_two_broadcasts_costs_what_they_then_cost(soho: Location, manager: User) -> None:
    funding.purchase(soho.pk, 400_000, key=key(), at=NOON, reference="Invoice 1")
    numbers = random_numbers(random.Random(1), 10_500)
    assert check_against_sending(soho, manager, numbers, 61, 10_000) == "sent"


def test_thirty_random_lists_of_several_broadcasts_cost_what_they_then_cost(
    soho: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broadcasts of twenty numbers, for the sake of time: nothing else depends on their size."""
    monkeypatch.setattr("reports.estimates.estimate.MAX_MESSAGES", 20)
    draw = random.Random(20261125)
    became = []
    for _ in range(30):
        place = make_location(
            included=draw.choice([0, 200, 900]), overdraft_limit=draw.choice([0, 500])
        )
        numbers = random_numbers(draw, draw.randint(21, 90))
        seconds = draw.choice([None, draw.randint(1, 300)])
        became.append(check_against_sending(place, make_member(place), numbers, seconds, 20))
    assert {kind: became.count(kind) > 2 for kind in ("sent", "too much", "overdraft")} == {
        "sent": True,
        "too much": True,
        "overdraft": True,
    }


def test_the_answer_is_that_of_a_list_which_is_answered_at_once(
    soho: Location, manager: User
) -> None:
    numbers = random_numbers(random.Random(7), 500)
    asked = done(ask(soho, manager, "\n".join(numbers)))
    at_once = estimate(soho, "text", [QuoteMessage(phone=n) for n in numbers], at=NOON)
    assert get_figures(asked) == at_once.figures
    assert asked.invalid_count == len(at_once.quote.refused)
