"""What the front page of the desk and the health page ask, as of now."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ledger.models import Verification
from ledger.verification import requests
from reports.admin.health import ACT, checks
from reports.admin.todo import Item, to_do

SEES_HEALTH = "ledger.view_verification"


def attention(request: HttpRequest) -> list[Item]:
    """What needs somebody's attention today, of what this person may see."""
    return to_do(at=timezone.now(), may=request.user.has_perm)


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(SEES_HEALTH):
        raise PermissionDenied
    found = checks(at=timezone.now())
    context = {
        **admin.site.each_context(request),
        "title": _("Ledger health"),
        "subtitle": None,
        "opts": Verification._meta,
        "checks": found,
        "verification_request": requests.newest(None),
        "to_act": sum(check.state == ACT for check in found),
    }
    return TemplateResponse(request, "admin/reports/health.html", context)
