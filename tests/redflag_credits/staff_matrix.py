"""Who may do what at the staff desk: every model, page and action of it stands here.

A page or an action that is new has to be added; `test_staff_matrix.py` says which.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model

from ledger.models import (
    ApprovalRequest,
    Charge,
    ChatMessage,
    CorrectionRequest,
    CreditRequest,
    InternationalMessage,
)
from locations.models import Location, Rate, RateCard, RateCardSeries, RateCardUpload, User
from locations.users.groups import ADMINISTRATOR, BILLING, GROUPS, RATE_EDITOR, SUPPORT

Who = frozenset[str]
NOBODY: Who = frozenset()
EVERYBODY: Who = frozenset(GROUPS)
ADMIN: Who = frozenset({ADMINISTRATOR})
RATES: Who = ADMIN | {RATE_EDITOR}
BILLS: Who = ADMIN | {BILLING}
SUPPORTS: Who = ADMIN | {SUPPORT}


@dataclass(frozen=True)
class Kept:
    """Who sees a model's pages, and who adds, changes and deletes there."""

    view: Who = EVERYBODY
    add: Who = NOBODY
    change: Who = NOBODY
    delete: Who = NOBODY


READ_ONLY = Kept()
MODELS: dict[str, Kept] = {
    "auth.Group": Kept(ADMIN, ADMIN, ADMIN, ADMIN),
    "locations.Account": Kept(add=BILLS, change=BILLS),
    "locations.Location": Kept(add=BILLS, change=BILLS),
    "locations.ChatInbox": Kept(add=SUPPORTS, change=SUPPORTS),
    "locations.User": Kept(SUPPORTS | BILLS, SUPPORTS, SUPPORTS),
    "locations.Membership": Kept(SUPPORTS | BILLS, SUPPORTS, SUPPORTS, SUPPORTS),
    "locations.Contract": Kept(add=BILLS, change=BILLS, delete=BILLS),
    "locations.RateCardSeries": Kept(add=RATES, change=RATES, delete=RATES),
    "locations.RateCard": Kept(add=RATES, change=RATES, delete=RATES),
    "locations.Rate": Kept(add=RATES, change=RATES, delete=RATES),
    "locations.RateCardUpload": READ_ONLY,
    "locations.Change": Kept(ADMIN),
    "ledger.Balance": READ_ONLY,
    "ledger.Charge": READ_ONLY,
    "ledger.Hold": READ_ONLY,
    "ledger.Bundle": Kept(add=BILLS, change=BILLS),
    "ledger.CreditRequest": READ_ONLY,
    "ledger.CorrectionRequest": READ_ONLY,
    "ledger.ApprovalRequest": READ_ONLY,
    "ledger.RenewalFailure": READ_ONLY,
    "ledger.Entry": READ_ONLY,
    "ledger.InternationalMessage": READ_ONLY,
    "ledger.ChatMessage": READ_ONLY,
    "ledger.ApiToken": Kept(ADMIN, ADMIN),
    "ledger.RateCardImpact": READ_ONLY,
    "ledger.Verification": READ_ONLY,
    "ledger.VerificationRun": READ_ONLY,
    "reports.Report": READ_ONLY,
    "reports.ReportDownload": Kept(SUPPORTS),
    "reports.ReportSchedule": READ_ONLY,
    "reports.Alert": READ_ONLY,
    "reports.AlertMail": Kept(SUPPORTS),
}


@dataclass(frozen=True)
class Page:
    """Who may GET a page of its own and POST to it, and of what row it is."""

    get: Who
    post: Who
    subject: Callable[[], Any]
    content: dict[str, Any] = field(default_factory=dict)  # of the POST


def page(who: Who, subject: Callable[[], Any], **content: Any) -> Page:
    return Page(who, who, subject, content)


def _first(model: type[Model]) -> Callable[[], Any]:
    return lambda: model._default_manager.order_by("pk").first()


def _draft() -> Any:
    return RateCard.objects.filter(published_at__isnull=True).first()


LOCATION, CARD, UPLOAD = _first(Location), _draft, _first(RateCardUpload)
DECLINE = {"_decline": "1", "answer": "No"}
PAGES: dict[str, Page] = {
    "ledger_ratecardimpact_check": page(RATES, CARD),
    "ledger_ratecardimpact_calculate": page(RATES, CARD),
    "ledger_ratecardimpact_download": page(RATES, CARD),
    "locations_ratecard_draft": Page(EVERYBODY, RATES, CARD),  # a GET leads to the card
    "locations_ratecard_csv": page(EVERYBODY, CARD),
    "locations_ratecard_xlsx": page(EVERYBODY, CARD),
    "locations_ratecard_compare": page(EVERYBODY, CARD),
    "locations_ratecard_differences": page(EVERYBODY, CARD),
    "locations_ratecardupload_new": page(RATES, UPLOAD),
    "locations_ratecardupload_preview": page(RATES, UPLOAD),
    "locations_ratecardupload_columns": page(RATES, UPLOAD),
    "locations_ratecardupload_changes": page(RATES, UPLOAD),
    "ledger_charge_try": page(EVERYBODY, LOCATION),
    "ledger_creditrequest_decide": Page(NOBODY, BILLS, _first(CreditRequest), DECLINE),
    "ledger_correctionrequest_decide": Page(NOBODY, BILLS, _first(CorrectionRequest), DECLINE),
    "ledger_approvalrequest_decide": Page(NOBODY, BILLS, _first(ApprovalRequest), DECLINE),
    "ledger_approvalrequest_queue": page(EVERYBODY, LOCATION),
    "ledger_balance_renewals": page(EVERYBODY, LOCATION),
    "ledger_balance_renew": page(BILLS, LOCATION),
    "ledger_entry_purchase": page(BILLS, LOCATION),
    "ledger_entry_adjustment": page(BILLS, LOCATION),
    "ledger_health": page(EVERYBODY, LOCATION),
    "ledger_verificationrun_verify": page(BILLS | SUPPORTS, LOCATION),  # a GET leads to the health
    "ledger_verificationrun_verify_one": page(BILLS | SUPPORTS, LOCATION),
    "ledger_entry_write_off": page(BILLS, LOCATION),
    "ledger_entry_reversal": page(BILLS, _first(Charge)),
    "ledger_entry_international_reversal": page(BILLS, _first(InternationalMessage)),
    "ledger_entry_chat_reversal": page(BILLS, _first(ChatMessage)),
    "auth_user_password_change": page(SUPPORTS, lambda: User.objects.get(email=PLAIN)),
}
# Of the desk itself: no row, and nothing that one group may and another may not.
FOR_ALL_STAFF = {
    "index",
    "app_list",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "jsi18n",
    "view_on_site",  # leads to pages of the product, which ask for themselves
    "autocomplete",  # asks for the permission to view: test_admin_urls.py
}

ACTIONS: dict[str, Who] = {
    "locations.User.turn_off_second_step": SUPPORTS,
    "locations.RateCardSeries.make_default": RATES,
    "ledger.ApiToken.revoke": ADMIN,
}

PLAIN = "plain.person@example.org"
EMPTY = "Empty"

# The row of a model whose pages are tried, where the first one will not do.
SUBJECTS: dict[str, Callable[[], Any]] = {
    "auth.Group": lambda: Group.objects.get(name=EMPTY),
    "locations.Change": lambda: SimpleNamespace(pk=1),  # its lines have no pages of their own
    "locations.User": lambda: User.objects.get(email=PLAIN),
    "locations.RateCardSeries": lambda: RateCardSeries.objects.get(name=EMPTY),
    "locations.RateCard": _draft,
    "locations.Rate": lambda: Rate.objects.filter(card=_draft()).first(),
}


def subject_of(model: type[Model]) -> Any:
    return SUBJECTS.get(model._meta.label, _first(model))()
