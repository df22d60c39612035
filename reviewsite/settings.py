"""Every setting of the site: one file, and the environment for what differs between machines (see README.md)."""

from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from reviewsite import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / "var")

DEBUG = environment.flag("DEBUG", default=False)
DEMO = environment.flag("DEMO", default=False)
SECRET_KEY = environment.secret_key("SECRET_KEY", kept_in=DATA_DIR / "secret-key")
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", environment.LOOPBACK)
PUBLIC = not set(ALLOWED_HOSTS) <= set(environment.LOOPBACK)
SITE_URL = environment.address("SITE_URL", ALLOWED_HOSTS, public=PUBLIC)

INSTALLED_APPS = [
    "accounts",
    "reviews",
    "reviewsite",
    "accounts.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reviewsite.headers.PoliciesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reviewsite.compression.CompressionMiddleware",
    "reviewsite.conditional.ConditionalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LeftMeanwhileMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "reviewsite.urls"
WSGI_APPLICATION = "reviewsite.wsgi.application"
# Gives the addresses that the server answers once before it has workers.
REHEARSAL = "reviews.rehearsal.addresses"

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

# Data: PostgreSQL alone; what workers share is kept in it too unless CACHE_URL names a Redis or Valkey.
DATABASES = environment.databases(
    "DATABASE_URL",
    "DATABASE_REPLICA_URLS",
    embedded_in=DATA_DIR,
    pooled=environment.flag("DATABASE_POOLER", default=False),
)
if REPLICAS := len(DATABASES) - 1:
    DATABASE_ROUTERS = ["reviewsite.replicas.choice.Router"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("reviewsite.conditional.ConditionalMiddleware"),
        "reviewsite.replicas.middleware.ReplicaMiddleware",
    )
CACHES = {"default": environment.cache("CACHE_URL")}
MAILERS = {"default": environment.mailer("EMAIL_URL", kept_in=DATA_DIR / "mail")}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("EMAIL_FROM", "reviewsite@localhost")

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.SignInBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
# Nobody waits for a mail to join; where mail is sent, votes and reviews wait for it (accounts/permissions.py).
ACCOUNT_EMAIL_VERIFICATION = "optional"
ASK_TO_CONFIRM = bool(environment.text("EMAIL_URL"))
# An address belongs to who confirms it, so that joining with one that has an account is answered like any other.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
REPORTS_AN_HOUR = 5  # from one address without an account
# Kept in the shared cache. No limit hangs on an address alone: whoever met it would know that mail had gone there.
ACCOUNT_RATE_LIMITS = {"confirm_email": "10/m/ip", "report": f"{REPORTS_AN_HOUR}/h/ip", "unsent": "20/h/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("PROXIES", default=0)
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Reviewsite"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.AuthenticateForm",
    "authenticate_webauthn": "accounts.factor_forms.AuthenticateWebAuthnForm",
    "reauthenticate": "accounts.factor_forms.ReauthenticateForm",
    "reauthenticate_webauthn": "accounts.factor_forms.ReauthenticateWebAuthnForm",
    "activate_totp": "accounts.factor_forms.ActivateTOTPForm",
    "add_webauthn": "accounts.factor_forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.factor_forms.EditWebAuthnForm",
    "login_webauthn": "accounts.factor_forms.LoginWebAuthnForm",
}

# Language: English is written first; dates are "6 January 2005" (reviewsite/formats/).
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
FORMAT_MODULE_PATH = ["reviewsite.formats"]
TIME_ZONE = "UTC"

# Files the site serves itself, with the digest of their content in their names.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "reviewsite.static_files.StaticFiles"},
}
WHITENOISE_MANIFEST_STRICT = False

# Security. Off the loopback addresses the site is served over HTTPS alone, by a proxy that sets X-Forwarded-Proto.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC
# What asks there speaks to the process, not by way of the proxy.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "reviewsite.errors.csrf_failure"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# The site's own figures.
BIO_LENGTH = 500
REVIEWS_PER_PAGE = 25
REVIEW_LENGTH = (200, 10_000)
HEADLINE_LENGTH = 150
VOTES_A_DAY = 60
REPORTS_A_DAY = 20
REVIEWS_A_DAY = 10
REVIEWS_ON_FIRST_DAY = 3
REASON_LENGTH = 1000
REPORT_LENGTH = 500
APPEAL_LENGTH = 1000
NOTICES_PER_PAGE = 25
CASES_PER_PAGE = 25
POSTER_MAX_BYTES = 5 * 1024 * 1024
POSTER_MAX_PIXELS = 20_000_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING"}},
}
