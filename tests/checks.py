"""`make check`: what can be told about the code without running the site. Runs all of it and says what failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-W", "ignore"]
CHECKS = {
    "ruff": [*PYTHON, "-m", "ruff", "check", "--quiet", "."],
    "formatting": [*PYTHON, "-m", "ruff", "format", "--quiet", "--check", "."],
    "types": [*PYTHON, "-m", "mypy", "--no-error-summary"],
    "imports": [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"],
    "Django": [*PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "migrations": [*PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "templates": [*PYTHON, "-m", "tests.check_templates"],
}


def main() -> int:
    """Returns 0 when every check passes, else 1."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings_for_types"}
    failed = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        print(f" {'✗' if done.returncode else '✓'} {name:<58}{time.monotonic() - started:8.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr)
    print(f"{len(CHECKS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
