"""Compiles every template, so that a misspelt tag is found before a person meets it."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError
from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def main() -> int:
    django.setup()
    faults = 0
    for path in sorted(TEMPLATES.rglob("*.*")):
        try:
            get_template(str(path.relative_to(TEMPLATES)))
        except TemplateSyntaxError as error:
            faults += 1
            print(f"{path.relative_to(TEMPLATES)}: {error}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
