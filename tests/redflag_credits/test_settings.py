"""Settings and commands as processes: the environment is read once, when they start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin import ROOT

PRODUCTION = {
    "REDFLAG_ENV": "production",
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": "credits.example.com",
    "DATABASE_URL": "postgresql://app@db.example.com/redflag",
    "REDIS_URL": "redis://redis.example.com:6379/0",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "credits@example.com",
    "MEDIA_ROOT": "/srv/redflag/media",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def ask_settings(expression: str, **environment: str) -> str:
    code = f"from redflag_credits import settings; print(*[{expression}])"
    done = run("-c", code, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "REDFLAG_ENV"])
def test_a_missing_variable_of_production_is_named(name: str) -> None:
    incomplete = {key: value for key, value in PRODUCTION.items() if key != name}
    done = run("manage.py", "check", **incomplete)
    assert done.returncode == 1
    named = [line.split(":")[0].strip() for line in done.stderr.splitlines()[1:]]
    assert named == [name]


def test_variable_with_a_former_name_is_refused() -> None:
    refused = run("manage.py", "check", STAFF_NEED_SECOND_FACTOR="1")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].endswith(
        "STAFF_NEED_SECOND_FACTOR is set: its name is STAFF_REQUIRE_TWO_FACTOR now."
    )


def test_report_files_go_to_whatever_storage_is_named() -> None:
    without_folder = {key: value for key, value in PRODUCTION.items() if key != "MEDIA_ROOT"}
    said = ask_settings(
        "settings.STORAGES['default'],",
        **without_folder,
        FILE_STORAGE="storages.backends.s3.S3Storage",
        FILE_STORAGE_OPTIONS='{"bucket_name": "reports"}',
    )
    assert said == str(
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": "reports"}}
    )


def test_twilio_token_requires_the_extra() -> None:
    ask = "from redflag_credits import settings; print(bool(settings.TWILIO_AUTH_TOKEN))"
    hidden = f"import sys; sys.modules['twilio'] = None; {ask}"
    assert run("-c", ask, TWILIO_AUTH_TOKEN="0123").stdout == "True\n"
    assert run("-c", hidden).stdout == "False\n"
    refused = run("-c", hidden, TWILIO_AUTH_TOKEN="0123")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: TWILIO_AUTH_TOKEN is set and twilio is not "
        "installed: install the `twilio` extra, pip install --require-hashes -r "
        "requirements/twilio.txt"
    )


def test_production_starts_no_servers_and_has_no_demo() -> None:
    asked = "settings.LOCAL_POSTGRES, settings.LOCAL_REDIS, settings.DEMO_ALLOWED, settings.DEBUG"
    assert ask_settings(asked, **PRODUCTION, DEBUG="1") == "False False False False"


def test_the_local_runner_refuses_production() -> None:
    done = run("-m", "redflag_credits.devserver.run", **PRODUCTION)
    assert done.returncode == 1
    assert done.stdout == "`make run` is for trying and developing: see deploy/README.md.\n"


def test_configured_servers_are_used() -> None:
    asked = "settings.LOCAL_POSTGRES, settings.LOCAL_REDIS"
    assert ask_settings(asked) == "True True"
    named = {key: PRODUCTION[key] for key in ("DATABASE_URL", "REDIS_URL")}
    assert ask_settings(asked, **named) == "False False"


def test_commands_that_need_no_server_start_none(tmp_path: Path) -> None:
    for arguments in (["help"], ["check"], ["migrate", "--help"], ["--version"]):
        assert run("manage.py", *arguments, DATA_DIR=str(tmp_path / "var")).returncode == 0
    assert not (tmp_path / "var").exists()
