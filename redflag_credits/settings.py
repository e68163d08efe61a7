"""All settings; the only module that reads the environment.

`REDFLAG_ENV` is `local` (the default) or `production` (a missing variable is an error).
"""

from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from redflag_credits.celery_schedule import ROUTES, SCHEDULE
from redflag_credits.devserver import paths

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

ENVIRONMENT = env.str("REDFLAG_ENV", default="local")
if ENVIRONMENT not in ("local", "production"):
    raise ImproperlyConfigured(f"REDFLAG_ENV is {ENVIRONMENT!r}: say 'local' or 'production'.")
PRODUCTION = ENVIRONMENT == "production"

FILE_STORAGE = env.str("FILE_STORAGE", default="")

PRODUCTION_NEEDS = {
    "SECRET_KEY": "a long random string",
    "ALLOWED_HOSTS": "the host names, separated by commas",
    "DATABASE_URL": "postgresql://user:password@host:5432/name",
    "REDIS_URL": "redis://host:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
    "DEFAULT_FROM_EMAIL": "the sender of the mails",
}
if not FILE_STORAGE:
    PRODUCTION_NEEDS["MEDIA_ROOT"] = "the folder of the report files, outside the web root"
if PRODUCTION:
    missing = [name for name in PRODUCTION_NEEDS if not env.str(name, default="")]
    if missing:
        lines = "\n".join(f"  {name}: {PRODUCTION_NEEDS[name]}" for name in missing)
        raise ImproperlyConfigured(f"REDFLAG_ENV=production needs these variables:\n{lines}")

RENAMED = {
    "REPORT_KEPT_DAYS": "REPORT_RETENTION_DAYS",
    "REPORT_BUILDS_AT_ONCE": "REPORT_MAX_CONCURRENT_BUILDS",
    "RATE_CARD_UPLOAD_KEPT_DAYS": "RATE_CARD_UPLOAD_RETENTION_DAYS",
    "ESTIMATE_MOST_NUMBERS": "ESTIMATE_MAX_NUMBERS",
    "ESTIMATE_KEPT_HOURS": "ESTIMATE_RETENTION_HOURS",
    "STAFF_NEED_SECOND_FACTOR": "STAFF_REQUIRE_TWO_FACTOR",
}
for old, new in RENAMED.items():
    if old in env.ENVIRON:
        raise ImproperlyConfigured(f"{old} is set: its name is {new} now.")

# Data of the embedded servers, and files of a local checkout.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).expanduser().resolve()
PORT = env.int("PORT", default=8000)
LOCAL_POSTGRES = not PRODUCTION and not env.str("DATABASE_URL", default="")
LOCAL_REDIS = not PRODUCTION and not env.str("REDIS_URL", default="")
DEMO_ALLOWED = not PRODUCTION
DEBUG = False if PRODUCTION else env.bool("DEBUG", default=False)
SECRET_KEY = (
    env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="local-only-" + "k" * 50)
)
ALLOWED_HOSTS = (
    env.list("ALLOWED_HOSTS")
    if PRODUCTION
    else env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Numbers of these regions cost no international credits (docs/domain.md, rule 3).
DOMESTIC_REGIONS = frozenset(env.list("DOMESTIC_REGIONS", default=["US"]))

# Providers sign the URL that they call. Callbacks are off unless the provider's secret is set
# (docs/providers.md).
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
if TWILIO_AUTH_TOKEN and find_spec("twilio") is None:
    raise ImproperlyConfigured(
        "TWILIO_AUTH_TOKEN is set and twilio is not installed: install the `twilio` extra, "
        "pip install --require-hashes -r requirements/twilio.txt"
    )

# --- Applications -------------------------------------------------------------------------

INSTALLED_APPS = [
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "locations",
    "ledger",
    "reports",
    "redflag_credits.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_tables2",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "ledger.api.middleware.api_error_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "locations.users.middleware.UserLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "locations.users.middleware.HtmxSignInMiddleware",
    "locations.users.middleware.RequireTwoFactorMiddleware",
    "locations.users.middleware.AuditLogMiddleware",
    "locations.users.middleware.StaffPermissionMiddleware",
    "reports.impersonation.middleware.ImpersonationMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "redflag_credits.urls"
WSGI_APPLICATION = "redflag_credits.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DJANGO_TABLES2_TEMPLATE = "reports/table.html"

# --- Servers ------------------------------------------------------------------------------

DATABASE_URL = paths.database_url(DATA_DIR) if LOCAL_POSTGRES else env.str("DATABASE_URL")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (15 or newer).")
DATABASES["default"].setdefault("OPTIONS", {}).update(
    server_side_binding=True,
    # psycopg prepares a statement once it was sent this often; None: never, for poolers that
    # cannot. Not lower: statements that are sent once (migrations) may hold several commands.
    prepare_threshold=5 if env.bool("DATABASE_PREPARE", default=True) else None,
)
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = paths.redis_url(DATA_DIR) if LOCAL_REDIS else env.str("REDIS_URL")
CELERY_BROKER_URL = paths.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A lost broker must not delay a web request: give up soon, requeue_stale_jobs queues it later.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 4 * 3600,  # longer than the longest report build
    "socket_connect_timeout": 3,
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}
CELERY_TASK_ROUTES = ROUTES
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat" / "schedule")

EMAIL_CONFIG = (
    env.email_url("EMAIL_URL")
    if env.str("EMAIL_URL", default="")
    else {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(DATA_DIR / "mail"),
    }
)
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="RedFlag Credits <credits@localhost>")

# --- Files --------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "redflag_credits" / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
STORAGES = {
    # Any backend of Django's storage API, such as those of django-storages.
    "default": {
        "BACKEND": FILE_STORAGE or "django.core.files.storage.FileSystemStorage",
        "OPTIONS": env.json("FILE_STORAGE_OPTIONS", default={}),
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
# Reports contain personal data: only the product itself may read them.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# One API request: a broadcast of ten thousand messages with their recipients' fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
REPORT_MAX_CONCURRENT_BUILDS = env.int("REPORT_MAX_CONCURRENT_BUILDS", default=4)
REPORT_RETENTION_DAYS = env.int("REPORT_RETENTION_DAYS", default=30)
RATE_CARD_UPLOAD_RETENTION_DAYS = env.int("RATE_CARD_UPLOAD_RETENTION_DAYS", default=30)
ESTIMATE_MAX_NUMBERS = env.int("ESTIMATE_MAX_NUMBERS", default=100_000)
ESTIMATE_RETENTION_HOURS = env.int("ESTIMATE_RETENTION_HOURS", default=24)

# --- People -------------------------------------------------------------------------------

AUTH_USER_MODEL = "locations.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a mailed link works
OTP_TOTP_ISSUER = "RedFlag Credits"
STAFF_REQUIRE_TWO_FACTOR = env.bool("STAFF_REQUIRE_TWO_FACTOR", default=False)
STAFF_APPROVAL_ABOVE_CREDITS = env.int("STAFF_APPROVAL_ABOVE_CREDITS", default=10_000)
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_USERNAME_CALLABLE = "locations.users.forms.get_attempted_username"
AXES_LOCKOUT_TEMPLATE = "locations/users/locked_out.html"

# --- Browser ------------------------------------------------------------------------------

POLICY = {"default-src": [SELF], "img-src": [SELF, "data:"], "object-src": [NONE]}
POLICY |= {"base-uri": [NONE], "form-action": [SELF], "frame-ancestors": [NONE]}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": POLICY}
CSRF_FAILURE_VIEW = "redflag_credits.error_views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "locations.models.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Language, time, log ------------------------------------------------------------------

# `make messages` updates the catalogues; terms: docs/glossary.md. The language is saved with the
# user; the cookie has it for pages before the sign-in.
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("pt-br", "Português (Brasil)"),
]
LOCALE_PATHS = [BASE_DIR / "redflag_credits" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = PRODUCTION
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        # axes would log the e-mail address of each attempt.
        "axes": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
