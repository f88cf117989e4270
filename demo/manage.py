"""`python -m demo.manage issue_token EMAIL`: manage.py with the environment of the demo in this checkout."""

from __future__ import annotations

import os
import sys

from demo import services
from demo.environment import HOME, LOGS, ROOT, running_place
from demo.processes import Failed


def main() -> int:
    """Becomes manage.py. Returns 1 when this checkout's demo was never started."""
    try:
        where = running_place()
    except Failed as error:
        print(f"demo.manage: {error}", file=sys.stderr)
        return 1
    database = where.database or services.Postgres(HOME / "postgres", LOGS / "postgres.log").url("cairn")
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "manage.py", *sys.argv[1:]], where.variables(database))  # becomes it


if __name__ == "__main__":
    sys.exit(main())
