"""Periodic tasks and queues. Every task may run late, twice or concurrently."""

from celery.schedules import crontab

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
    "sweep-rate-card-uploads": {
        "task": "locations.tasks.sweep_rate_card_uploads",
        "schedule": crontab(minute="*"),
        "options": {"expires": 60},
    },
    "sweep-rate-card-impacts": {
        "task": "ledger.tasks.sweep_rate_card_impacts",
        "schedule": crontab(minute="*"),
        "options": {"expires": 60},
    },
    "sweep-verification-requests": {
        "task": "ledger.tasks.sweep_verification_requests",
        "schedule": crontab(minute="*"),
        "options": {"expires": 60},
    },
    "renew-due-locations": {
        "task": "ledger.tasks.renew_due_locations",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "write-down-expired-holds": {
        "task": "ledger.tasks.write_down_expired_holds",
        "schedule": crontab(minute="*"),
        "options": {"expires": 60},
    },
    "ask-for-scheduled-reports": {
        "task": "reports.tasks.ask_for_scheduled_reports",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "evaluate-alerts": {
        "task": "reports.tasks.evaluate_alerts",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "keep-paces": {
        "task": "reports.tasks.keep_paces",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "sweep-estimates": {
        "task": "reports.tasks.sweep_estimates",
        "schedule": crontab(minute="*"),
        "options": {"expires": 60},
    },
    "sweep-reports": {
        "task": "reports.tasks.sweep_reports",
        "schedule": crontab(minute="*"),
        "options": {"expires": 60},
    },
}

# Tasks of minutes must not delay renewals.
ROUTES = {
    "reports.tasks.build_report": {"queue": "reports"},
    "ledger.tasks.verify_ledger": {"queue": "reports"},
    "ledger.tasks.verify_as_asked": {"queue": "reports"},
    "locations.tasks.read_rate_card_upload": {"queue": "reports"},
    "ledger.tasks.calculate_rate_card_impact": {"queue": "reports"},
    "reports.tasks.work_out_estimate": {"queue": "reports"},
}
