"""Settings for mypy's Django plugin, which loads the models but opens no connection."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-the-type-checker-" + "-" * 20)
os.environ.setdefault("SECRETS_KEYS", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
os.environ.setdefault("DATABASE_URL", "postgresql://127.0.0.1/types")
os.environ.setdefault("BROKER_URL", "redis://127.0.0.1/0")

from coe.settings import *
