"""The attention list of the admin's index page, and the health page."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ledger.models import Verification
from ledger.verification import requests
from locations.admin.base import render_page
from reports.admin.health import ACT, run_checks
from reports.admin.tables import HealthTable
from reports.admin.todo import AttentionItem, get_attention_items


def attention(request: HttpRequest) -> list[AttentionItem]:
    return get_attention_items(at=timezone.now(), has_perm=request.user.has_perm)


@never_cache
@permission_required("ledger.view_verification", raise_exception=True)
def health(request: HttpRequest) -> HttpResponse:
    checks = run_checks(at=timezone.now())
    return render_page(
        request,
        "admin/reports/health.html",
        Verification,
        title=_("Ledger health"),
        table=HealthTable(checks),
        verification_request=requests.latest_request(None),
        to_act=sum(check.state == ACT for check in checks),
    )
