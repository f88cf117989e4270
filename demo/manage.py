"""`python -m demo.manage issue_token EMAIL`: manage.py with the environment of the demo in this checkout."""

from __future__ import annotations

import subprocess
import sys

from demo import services
from demo.environment import HOME, LOGS, ROOT, running_place
from demo.processes import Failed


def main() -> int:
    """Returns what manage.py returns; 1 when this checkout's demo was never started."""
    try:
        where = running_place()
    except Failed as error:
        print(f"demo.manage: {error}", file=sys.stderr)
        return 1
    database = where.database or services.Postgres(HOME / "postgres", LOGS / "postgres.log").url("cairn")
    return subprocess.call([sys.executable, "manage.py", *sys.argv[1:]], cwd=ROOT, env=where.variables(database))


if __name__ == "__main__":
    sys.exit(main())
