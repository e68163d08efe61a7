"""All locations of an account, as a page and as a file."""

import io

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from locations.access import SignedInRequest, open_account
from reports.account_table import STATES, account_csv_text, account_file_name, read_account


@login_required
@never_cache
@require_safe
def account_usage(request: SignedInRequest, pk: int) -> HttpResponse:
    account = open_account(request.user, pk)
    page = read_account(account, request.GET, at=timezone.now())
    names = {state.value: name for state, name in STATES.items()}
    return render(request, "reports/account_usage.html", {"page": page, "names": names})


@login_required
@cache_control(private=True, no_store=True)
@require_safe
def account_csv(request: SignedInRequest, pk: int) -> FileResponse:
    account = open_account(request.user, pk)
    at = timezone.now()
    usage = read_account(account, request.GET, whole=True, at=at)
    return FileResponse(
        io.BytesIO(account_csv_text(usage)),
        as_attachment=True,
        filename=account_file_name(account, at.date()),
        content_type="text/csv; charset=utf-8",
    )
