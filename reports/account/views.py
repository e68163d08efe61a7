import tempfile
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from locations.downloads import CSV, XLSX, download
from locations.permissions import SignedInRequest, open_account
from reports.account.exports import account_csv, account_filename, account_xlsx
from reports.account.page import AccountUsage, read_account


@login_required
@never_cache
@require_safe
def account_usage(request: SignedInRequest, pk: int) -> HttpResponse:
    account = open_account(request.user, pk)
    page = read_account(account, request.GET, at=timezone.now())
    return render(request, "reports/account/usage.html", {"page": page})


@login_required
@cache_control(private=True, no_store=True)
@require_safe
def csv_file(request: SignedInRequest, pk: int) -> FileResponse:
    usage = _whole(request, pk)
    return download(account_csv(usage), CSV, account_filename(usage, "csv"))


@login_required
@cache_control(private=True, no_store=True)
@require_safe
def xlsx_file(request: SignedInRequest, pk: int) -> FileResponse:
    usage = _whole(request, pk)
    with tempfile.TemporaryDirectory() as folder:
        content = account_xlsx(usage, Path(folder)).read_bytes()
    return download(content, XLSX, account_filename(usage, "xlsx"))


def _whole(request: SignedInRequest, pk: int) -> AccountUsage:
    account = open_account(request.user, pk)
    return read_account(account, request.GET, whole=True, at=timezone.now())
