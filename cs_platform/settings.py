"""Every setting, all of it from the environment. `docs/operations.md` lists the variables; a test compares."""

from pathlib import Path

import environ

from cs_platform import embedded

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env("VAR", default=str(BASE_DIR / "var"))).resolve()

_embedded = None if env("DATABASE_URL", default="") else embedded.addresses(VAR)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
# Who may make the first company: whoever has the token, which shows that they run the server.
SETUP_IS_OPEN = DEBUG
SETUP_TOKEN = env("SETUP_TOKEN", default="")
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    _key_file = VAR / "secret_key"
    SECRET_KEY = _key_file.read_text().strip() if _key_file.exists() else "unset-and-only-fit-for-commands"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)

INSTALLED_APPS = [
    "accounts",
    "metrics",
    "customers",
    "playbooks",
    "hiring",
    "training",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "cs_platform",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.MemberMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cs_platform.urls"
WSGI_APPLICATION = "cs_platform.wsgi.application"

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
                "accounts.context.frame",
            ],
        },
    },
]

# --- Data ---------------------------------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL", default="") or (
    _embedded.database_url if _embedded else "postgres://127.0.0.1/cs"
)
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
# A socket's folder comes as a parameter of the URL; everything else in Django looks for it in HOST.
DATABASES["default"]["HOST"] = DATABASES["default"]["OPTIONS"].pop(
    "host", DATABASES["default"].get("HOST", "")
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="") or (_embedded.redis_url if _embedded else "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env("CACHE_PREFIX", default="cs"),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    },
    # Drawn parts of pages, each under its whole content: a process keeps its own.
    "parts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "parts",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

# --- Celery -------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_DEFAULT_QUEUE = env("CELERY_QUEUE", default="cs")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_TIMEZONE = "UTC"

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignupAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "accounts.forms.entrance.SignInForm",
    "reset_password": "accounts.forms.entrance.ForgottenPasswordForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# How many proxies stand before us: without it all visitors behind one would share its limits for guessing.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# --- Mail ---------------------------------------------------------------------------------------------------------
EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR / "mail")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Customer success <cs@localhost>")
EMAIL_TIMEOUT = 20

# --- Words and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# Where Django knows no format of a language, numbers are grouped as in most.
NUMBER_GROUPING = 3
LANGUAGES = [("en", "English"), ("hi", "हिन्दी"), ("ne", "नेपाली"), ("ru", "Русский"), ("fil", "Filipino")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
# Tests move the one clock of every process through this file (seconds to add, or an ISO instant).
TEST_CLOCK = env("TEST_CLOCK", default="")
# Tests make the demo of fewer records, from this folder.
TEST_RECORDS = env("TEST_RECORDS", default="")

# --- Files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env("STATIC_STORAGE", default="cs_platform.lib.static.Storage")},
}
MEDIA_ROOT = VAR / "media"
WHITENOISE_USE_FINDERS = DEBUG
# Of all the files of one form together.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=200 * 1024**2)
FILE_UPLOAD_HANDLERS = [
    "cs_platform.lib.uploads.Capped",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Security -----------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
METRICS_TOKEN = env("METRICS_TOKEN", default="")

# --- API ----------------------------------------------------------------------------------------------------------
API_RATE = env("API_RATE", default="12000/min")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.KeyAuthentication",
        "accounts.api.authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.KeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": API_RATE},
    "DEFAULT_PAGINATION_CLASS": "accounts.api.pagination.CursorPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.Schema",
    "EXCEPTION_HANDLER": "accounts.api.problems.handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Customer success platform",
    "DESCRIPTION": "Figures, people, customers, tickets and survey answers of one company.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {
        "SurveyKindEnum": "customers.models.Survey.Kind",
        "MemberRoleEnum": "accounts.models.Role",
        "PanelRoleEnum": "hiring.models.PanelRole",
        "RequisitionStateEnum": "hiring.models.Requisition.State",
        "ApplicationStateEnum": "hiring.models.Application.State",
        "InterviewStateEnum": "hiring.models.Interview.State",
        "ScorecardStateEnum": "hiring.models.Scorecard.State",
        "DecisionStateEnum": "hiring.models.Decision.State",
        "DecisionOutcomeEnum": "hiring.models.Decision.Outcome",
        "ProcessLevelEnum": "training.models.Level",
        "ProgrammeVersionStateEnum": "training.models.ProgrammeVersion.State",
        "EnrolmentStateEnum": "training.models.Enrolment.State",
        "ModuleKindEnum": "training.models.Module.Kind",
        "ItemKindEnum": "training.models.Item.Kind",
        "EntryKindEnum": "training.models.Entry.Kind",
        "EntryOutcomeEnum": "training.models.Entry.Outcome",
        "NewEntryKindEnum": "training.api.entries.SAID",
        "JudgementEnum": "training.api.entries.JUDGEMENTS",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "null": {"class": "logging.NullHandler"},
    },
    # Whoever scans the net asks for hosts that are not ours: it is answered with 400, and is no error of ours.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["null"], "propagate": False}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
