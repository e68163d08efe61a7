"""The page of reports: cancelled, asked for again, scheduled."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from locations.models.jobs import JobState
from reports.models import Report, ReportKind
from tests.browser.conftest import Visit, on_a_phone
from tests.browser.world import World, make_own


@on_a_phone
def test_reports_are_cancelled_asked_for_again_and_scheduled(visit: Visit, world: World) -> None:
    page = visit.page
    location, manager = make_own("Harbor Reports")
    visit.open_as(manager, f"/locations/{location.pk}/reports/")
    page.get_by_label("Report", exact=True).first.select_option("Statement")
    page.get_by_label("As", exact=True).first.select_option("csv")
    page.get_by_role("button", name="Ask for the report").click()
    first = page.locator("#report-list li").first
    expect(first).to_contain_text("Statement (CSV)")
    expect(first).to_contain_text("Waiting for its turn")
    first.get_by_role("button", name="Cancel").click()
    expect(first).to_contain_text("Cancelled by")
    first.get_by_role("button", name="Ask again").click()
    expect(first).to_contain_text("Waiting for its turn")
    first.get_by_role("button", name="Cancel").click()
    expect(first).to_contain_text("Cancelled by")

    page.get_by_text("Schedule a report").click()
    form = page.locator("#schedules form")
    form.get_by_label("How often").select_option("week")
    form.get_by_role("checkbox").first.check()
    visit.check("schedule")
    page.get_by_role("button", name="Schedule it").click()
    schedule = page.locator("#schedules li").first
    expect(schedule).to_contain_text("Every week · next on")
    visit.check("scheduled")
    schedule.get_by_role("button", name="Stop").click()
    expect(page.locator("#schedules li")).to_have_count(0)


def test_a_build_is_followed_without_a_reload_and_survives_one(visit: Visit, world: World) -> None:
    page = visit.page
    location, manager = make_own("Harbor Building")
    building = Report.objects.create(
        location=location,
        kind=ReportKind.INTERNATIONAL,
        first_on="2026-05-01",
        last_on="2026-05-31",
        state=JobState.RUNNING,
        leased_until=timezone.now() + timedelta(minutes=10),
        attempts=1,
        rows_total=64_000,
        requested_by=manager,
        requested_at=timezone.now(),
    )
    visit.open_as(manager, f"/locations/{location.pk}/reports/")
    row = page.locator(f"#report-{building.pk}")
    for rows_done, said in [(41_000, "64 %, 41,000 of 64,000 rows"), (64_000, "being written")]:
        Report.objects.filter(pk=building.pk).update(rows_done=rows_done)
        expect(row).to_contain_text(said)
        expect(row.get_by_role("progressbar")).to_have_attribute("value", str(rows_done))
        if rows_done < 64_000:
            page.reload()
            expect(row).to_contain_text(said)
            visit.check("report-running")
    Report.objects.filter(pk=building.pk).update(
        state=JobState.READY, file="reports/none.xlsx", credits=448_000, size_bytes=2_500_000
    )
    expect(row.get_by_role("link", name="Download")).to_be_visible()
    expect(row).to_contain_text("64,000 rows · 448,000 credits")
