"""`python -m demo.world people | connect --mlflow URL | bind | …`: the invented group, step by step."""

from __future__ import annotations

import argparse
import os
import sys

import django
from tqdm import tqdm


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.world", description=__doc__)
    phases = parser.add_subparsers(dest="phase", required=True)
    phases.add_parser("people", help="units, people, projects, KPIs and the values that people enter")
    connect = phases.add_parser("connect", help="the group's MLflow server, and one that stopped answering")
    known = os.environ.get("DEMO_MLFLOW_URL")
    connect.add_argument("--mlflow", required=not known, default=known, metavar="URL", help="the group's server")
    connect.add_argument(
        "--public", default="", metavar="URL", help="where people open it, when that is another address"
    )
    phases.add_parser("bind", help="links, metric names and bindings, once the server was read")
    phases.add_parser("handoffs", help="a year of handoffs, once the versions were read and the KPIs are bound")
    phases.add_parser("guides", help="guides and what readers say of them, once the models are handed over")
    phases.add_parser("mentoring", help="mentors, what they were asked, and what everybody was told of it all")
    phases.add_parser("onboarding", help="teams and people on paths, once there is something for Cairn to see")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Do one phase; whatever is there already stays as it is. Returns 0, or 2 when a verb refused."""
    arguments = _arguments(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")
    # The bar says how far it is; every line of the log would tear it apart.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()

    from django.core.exceptions import ValidationError

    from coe.core.errors import Refused
    from demo.world import phases

    unseen: list[str] = []
    try:
        with tqdm(desc=f"world: {arguments.phase}", unit="step", total=0, file=sys.stderr) as bar:
            if arguments.phase == "people":
                phases.people_phase(bar)
            elif arguments.phase == "connect":
                phases.connect_phase(arguments.mlflow, bar, public_url=arguments.public)
            elif arguments.phase == "handoffs":
                phases.handoffs_phase(bar)
            elif arguments.phase == "guides":
                phases.guides_phase(bar)
            elif arguments.phase == "mentoring":
                phases.mentoring_phase(bar)
            elif arguments.phase == "onboarding":
                phases.onboarding_phase(bar)
            else:
                unseen = phases.bind_phase(bar)
    except (Refused, ValidationError) as error:
        print(f"demo.world {arguments.phase}: {error}", file=sys.stderr)
        return 2
    if unseen:
        print(f"demo.world bind: not read yet, so not bound: {', '.join(unseen)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
