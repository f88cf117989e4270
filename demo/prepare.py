"""`python -m demo.prepare`: the database's tables, the cache table and the static files, in one process."""

import os

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")
    django.setup()
    call_command("migrate", interactive=False)
    call_command("createcachetable")
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
