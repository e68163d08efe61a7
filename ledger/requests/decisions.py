"""What is asked for is decided once, and never granted by whoever asked for it."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from ledger.engine import posting
from ledger.engine.posting import LedgerError
from ledger.models import Balance
from ledger.models.requests_base import DECLINED, MAX_ANSWER_LENGTH, OPEN, DecisionRequest
from locations.models import User


class AlreadyDecided(LedgerError):
    """Somebody has granted or declined the request before."""


class NotYourOwn(LedgerError):
    """Whoever asked for it cannot grant it."""


def answer_of(answer: str, *, required: bool = False) -> str:
    """The answer without space around it; raises BadInput."""
    answer = answer.strip()
    posting.check_text("answer", answer, max_length=MAX_ANSWER_LENGTH, required=required)
    return answer


def lock(kind: type[DecisionRequest], request_id: int) -> Any:
    """The open request, locked with its balance; raises AlreadyDecided."""
    # Two of staff at once: the second waits here and finds it decided. The balance is locked
    # first, as everything does that goes on to move it.
    asked: Any = kind._default_manager.select_related("requested_by").get(pk=request_id)
    Balance.objects.select_for_update().get(location_id=asked.location_id)
    asked.refresh_from_db(fields=["state"])
    if asked.state != OPEN:
        raise AlreadyDecided(
            _("The request has been %(state)s already.")
            % {"state": asked.get_state_display().lower()}
        )
    return asked


def check_second_person(asked: DecisionRequest, decided_by: User) -> None:
    """Refuse to let people grant their own wishes; raises NotYourOwn."""
    if asked.requested_by_id == decided_by.pk:
        raise NotYourOwn(_("You asked for this yourself: somebody else has to approve it."))


def write_down(
    asked: Any, state: str, *, decided_by: User, at: dt.datetime, answer: str, met_by: str
) -> None:
    """Close the request; `met_by` is its field for the entry that met it."""
    asked.state, asked.decided_by, asked.decided_at, asked.answer = state, decided_by, at, answer
    asked.save(update_fields=["state", "decided_by", "decided_at", "answer", met_by])


def decline(
    kind: type[DecisionRequest],
    request_id: int,
    *,
    decided_by: User,
    at: dt.datetime,
    answer: str,
    met_by: str,
) -> Any:
    """Close the request without an entry; within a transaction. Raises AlreadyDecided, BadInput."""
    answer = answer_of(answer, required=True)
    asked = lock(kind, request_id)
    write_down(asked, DECLINED, decided_by=decided_by, at=at, answer=answer, met_by=met_by)
    return asked
