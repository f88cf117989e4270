"""Settings, read from the environment; `docs/settings.md` lists them. A bad value stops the start with one line."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from celery.schedules import crontab
from csp.constants import NONE, SELF

from coe.env import BadSetting, Env
from coe.logs import logging_config

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("CAIRN_DEMO", False)
SECRET_KEY = env.secret("SECRET_KEY", least=32)
# Fernet keys, newest first: the first one encrypts, all of them decrypt, so a key is rotated by putting a new one in
# front.
SECRETS_KEYS = env.fernet_keys("SECRETS_KEYS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# Where people (from mails) and other programs (MLflow's webhooks) reach this site.
SITE_URL = env.url("SITE_URL", ("http", "https"), "")

INSTALLED_APPS = [
    "coe.core",
    "coe.accounts",
    "coe.search",
    "coe.guides",
    "coe.mentors",
    "coe.mentoring",
    "coe.notices",
    "coe.paths",
    "coe.onboarding",
    "projects.catalog",
    "projects.tracking",
    "projects.registry",
    "projects.checklists",
    "projects.handoffs",
    "projects.modelpages",
    "projects.starting",
    "kpis.measures",
    "kpis.reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "knox",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coe.core.middleware.RequestLog",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "coe.core.middleware.ReaderTimezone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coe.core.middleware.PlainErrors",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "coe.urls"
WSGI_APPLICATION = "coe.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
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
                "coe.core.context.shell",
            ],
        },
    }
]

# -- data ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if env.flag("DATABASE_POOL", False):
    # Django refuses a pool together with persistent connections; each process then keeps up to this many.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.whole("DATABASE_POOL_MAX", 4, least=1)}  # type: ignore[index]
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.whole("DATABASE_CONN_MAX_AGE", 60)
# Only rate limits live in the cache. Without Redis they are kept in the database, so that all processes share them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.url("CACHE_URL", ("redis", "rediss")),
    }
    if env.values.get("CACHE_URL")
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}
}

# -- work outside of requests: see coe/celery.py ------------------------------------------------------------------
CELERY_BROKER_URL = env.url("BROKER_URL", ("redis", "rediss", "amqp", "amqps"))
# Two installations on one broker need queues of their own.
CELERY_TASK_DEFAULT_QUEUE = env.text("TASK_QUEUE", "celery")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = env.whole("TASK_TIME_LIMIT", 3000, least=60)
CELERY_TASK_SOFT_TIME_LIMIT = CELERY_TASK_TIME_LIMIT - 30
# The visibility timeout is longer than any task may run, or a long task would be started twice.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": CELERY_TASK_TIME_LIMIT + 600, "unacked_restore_throttle": 1}
    if CELERY_BROKER_URL.startswith("redis")
    else {}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "stream": {"task": "core.read_stream", "schedule": 3.0, "options": {"expires": 3}},
    "outbox": {"task": "core.sweep_outbox", "schedule": 15.0, "options": {"expires": 15}},
    "syncs": {"task": "tracking.start_due_syncs", "schedule": 30.0, "options": {"expires": 30}},
    "observations": {"task": "measures.gather_touched", "schedule": 30.0, "options": {"expires": 30}},
    # What comes true by its date alone (a KPI's new name), and whatever was missed.
    "search": {"task": "search.rebuild", "schedule": crontab(hour="2", minute="40")},
    "letters": {"task": "notices.post_letters", "schedule": 20.0, "options": {"expires": 20}},
    "notices": {"task": "notices.forget", "schedule": crontab(hour="3", minute="10")},
    "mentoring": {"task": "mentoring.route", "schedule": 60.0, "options": {"expires": 60}},
    # What comes or ends by its date alone (a target, a verification), and who no longer belongs to a project.
    "looking": {"task": "onboarding.look_again", "schedule": crontab(hour="3", minute="20")},
    # Each hour: whose step became late in the night hears of it in the morning, wherever that is.
    "onboarding": {"task": "onboarding.nudge", "schedule": crontab(minute="10"), "options": {"expires": 3000}},
    # At night: who looks at their digest in the morning finds it there, wherever that is.
    "verification": {"task": "guides.tell_due", "schedule": crontab(minute="25"), "options": {"expires": 3000}},
    "boards": {"task": "reports.warm_boards", "schedule": 60.0, "options": {"expires": 60}},
}

# -- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["coe.accounts.backends.PersonBackend"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "coe.accounts.adapter.InvitedOnly"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
KNOX_TOKEN_MODEL = "accounts.ApiToken"
TOKEN_DAYS = env.whole("TOKEN_DAYS", 90, least=1, most=366)
# How long a mentor who is asked has for an answer, in working hours of the mentor, by urgency; reminded at half.
MENTORING_HOURS = {
    "today": env.whole("MENTORING_HOURS_TODAY", 2, least=1, most=400),
    "week": env.whole("MENTORING_HOURS_WEEK", 8, least=1, most=400),
    "later": env.whole("MENTORING_HOURS_LATER", 16, least=1, most=400),
}
# What counts how much when a mentor is looked for, in hundredths: see coe/mentoring/routing_values.py.
MENTORING_WEIGHTS = {
    "fit": env.whole("MENTORING_WEIGHT_FIT", 100, most=1000),
    "unit": env.whole("MENTORING_WEIGHT_UNIT", 10, most=1000),
    "together": env.whole("MENTORING_WEIGHT_TOGETHER", 15, most=1000),
    "wanted": env.whole("MENTORING_WEIGHT_WANTED", 10, most=1000),
    "load": env.whole("MENTORING_WEIGHT_LOAD", 15, most=1000),
    "recent": env.whole("MENTORING_WEIGHT_RECENT", 15, most=1000),
    "topic": env.whole("MENTORING_WEIGHT_TOPIC", 100, least=1, most=1000),
    "urgency": env.whole("MENTORING_WEIGHT_URGENCY", 50, most=1000),
    "waiting": env.whole("MENTORING_WEIGHT_WAITING", 25, most=1000),
    "least_fit": env.whole("MENTORING_LEAST_FIT", 75, most=100),
}
MENTORING_PATIENCE_HOURS = env.whole("MENTORING_PATIENCE_HOURS", 30, most=720)
# Whom the sign-in page of the demo offers, by e-mail address.
DEMO_PEOPLE = env.words("DEMO_PEOPLE")

EMAIL_HOST = env.text("EMAIL_HOST", "")
# Without a mail server, mails are printed where the operator sees them.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.whole("EMAIL_PORT", 25, least=1, most=65535)
# Nothing, STARTTLS (mostly on port 587) or TLS from the first byte (mostly on port 465).
EMAIL_SECURITY = env.choice("EMAIL_SECURITY", "none", ("none", "starttls", "tls"))
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_HOST_USER = env.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", "")
EMAIL_TIMEOUT = 10
if EMAIL_HOST and not SITE_URL:
    raise BadSetting("SITE_URL", "is missing; with EMAIL_HOST it must be there, as mails link to the site")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Cairn <cairn@localhost>")

# -- API ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "coe.accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["coe.core.api_forms.StrictJSONRenderer", "coe.core.api_forms.PlainBrowsableRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "coe.core.api_forms.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "coe.core.api.problem_details",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cairn",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "StageEnum": "projects.catalog.models.Stage",
        "ChecklistKindEnum": "projects.checklists.models.Checklist.Kind",
        "ItemKindEnum": "projects.checklists.models.Item.Kind",
        "HandoffStateEnum": "projects.handoffs.models.State",
        "AnswerStateEnum": "projects.handoffs.models.Answer.State",
        "HandoffOriginEnum": "projects.handoffs.models.Handoff.Origin",
        "BindingOriginEnum": "kpis.measures.models.Binding.Origin",
        "DriftStateEnum": "projects.registry.models.Drift.State",
        "SyncStateEnum": "projects.tracking.models.Sync.State",
        "EditionStateEnum": "projects.checklists.models.Edition.State",
        "OrderStateEnum": "projects.registry.models.AliasOrder.State",
        "VisibilityEnum": "projects.catalog.models.Visibility",
        "DocumentKindEnum": "coe.guides.models.Kind",
        "WrittenKindEnum": "coe.guides.document_forms.WRITTEN",
        "DocumentVisibilityEnum": "coe.guides.models.Visibility",
        "LessonOutcomeEnum": "coe.guides.models.Outcome",
        "FeedbackKindEnum": "coe.guides.models.Feedback.Kind",
        "FeedbackStateEnum": "coe.guides.models.Feedback.State",
        "MentorStateEnum": "coe.mentors.availability.Availability",
        "FeedbackOutcomeEnum": "coe.guides.models.Feedback.Outcome",
        "AudienceEnum": "coe.guides.models.Audience",
        "RoleEnum": "coe.accounts.models.Role",
        "PathAudienceEnum": "coe.paths.models.Audience",
        "StepKindEnum": "coe.paths.models.Step.Kind",
        "StepEvidenceEnum": "coe.paths.models.Step.Evidence",
        "RequestStateEnum": "coe.mentoring.models.State",
        "RequestUrgencyEnum": "coe.mentoring.models.Urgency",
        "AttemptStateEnum": "coe.mentoring.models.Attempt.State",
        "AttemptHowEnum": "coe.mentoring.models.Attempt.How",
        "AnswerKindEnum": "coe.mentoring.answers.KINDS",
        "ChannelEnum": "coe.notices.models.Channel",
        "NoticeWhenEnum": "coe.notices.models.When",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "coe.core.api_schema.document_problems",
    ],
}

# -- pages --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"] if (BASE_DIR / "frontend" / "dist").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "coe.core.staticfiles.HashedFiles"},
}
WHITENOISE_USE_FINDERS = env.flag("SERVE_UNCOLLECTED_STATIC", False)
# Looked for when it is asked for: a list made at the start would be made anew for each client of each test.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS
USE_I18N = True
LANGUAGE_CODE = "en"
USE_TZ = True
# The company's time zone: "as of a date" is the end of that day here.
TIME_ZONE = env.text("TIME_ZONE", "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError):
    raise BadSetting("TIME_ZONE", f"must be a name like Europe/Paris, not {TIME_ZONE!r}") from None
CURRENCY = env.text("CURRENCY", "EUR")

# -- safety -------------------------------------------------------------------------------------------------------
HTTPS = env.flag("HTTPS", not (DEMO or DEBUG))
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
# Hosts that tracking sources and chats may live on although they are private addresses (an administrator's decision).
PRIVATE_HOSTS_ALLOWED = env.words("PRIVATE_HOSTS_ALLOWED")

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = logging_config(level=LOG_LEVEL, as_json=env.flag("LOG_JSON", not DEBUG))
LOGGING_CONFIG = "coe.logs.configure"
