from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from locations.permissions import SignedInRequest, detail_readers, open_details
from reports.exports import schedules
from reports.exports.forms import ScheduleForm
from reports.exports.views import reports_page
from reports.models import ReportSchedule


@login_required
@never_cache
@require_POST
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    location = open_details(request.user, pk)
    form = ScheduleForm(request.POST, readers=detail_readers(location), auto_id="schedule_%s")
    if not form.is_valid():
        return reports_page(request, location, schedule_form=form)
    try:
        schedules.create_schedule(
            location, **form.cleaned_data, created_by=request.user, at=timezone.now()
        )
    except schedules.TooManySchedules as refused:
        return reports_page(request, location, refusal=str(refused))
    return redirect("reports", pk=location.pk)


@login_required
@never_cache
@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    schedule = get_object_or_404(ReportSchedule, pk=pk)
    location = open_details(request.user, schedule.location_id)
    schedules.stop_schedule(schedule, stopped_by=request.user, at=timezone.now())
    return redirect("reports", pk=location.pk)
