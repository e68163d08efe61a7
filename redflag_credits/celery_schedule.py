"""Every task may run late, twice or concurrently."""

from celery.schedules import crontab


def _every_minute(task: str) -> dict[str, object]:
    return {"task": task, "schedule": crontab(minute="*"), "options": {"expires": 60}}


def _every_ten_minutes(task: str) -> dict[str, object]:
    return {"task": task, "schedule": crontab(minute="*/10"), "options": {"expires": 600}}


SCHEDULE = {
    "delete-expired-sessions": {
        "task": "locations.tasks.delete_expired_sessions",
        "schedule": crontab(hour="4", minute="17"),
        "options": {"expires": 3600},
    },
    "verify-ledger": {
        "task": "ledger.tasks.verify_ledger",
        "schedule": crontab(hour="2", minute="43"),
        "options": {"expires": 6 * 3600},
    },
    "evaluate-alerts": {
        "task": "reports.tasks.evaluate_alerts",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "renew-due-locations": _every_ten_minutes("ledger.tasks.renew_due_locations"),
    "request-scheduled-reports": _every_ten_minutes("reports.tasks.request_scheduled_reports"),
    "update-daily-rates": _every_ten_minutes("reports.tasks.update_daily_rates"),
    "record-expired-holds": _every_minute("ledger.tasks.record_expired_holds"),
    "requeue-stale-jobs": _every_minute("locations.tasks.requeue_stale_jobs"),
    "delete-old-rate-card-uploads": _every_minute("locations.tasks.delete_old_rate_card_uploads"),
    "clean-up-jobs": _every_minute("reports.tasks.clean_up_jobs"),
    "announce-reports": _every_minute("reports.tasks.announce_reports"),
}

# Tasks of minutes must not delay renewals.
ROUTES = {
    "reports.tasks.build_report": {"queue": "reports"},
    "reports.tasks.price_long_estimate": {"queue": "reports"},
    "ledger.tasks.verify_ledger": {"queue": "reports"},
    "ledger.tasks.verify_on_request": {"queue": "reports"},
    "ledger.tasks.calculate_rate_card_impact": {"queue": "reports"},
    "locations.tasks.read_rate_card_upload": {"queue": "reports"},
}
