"""The check of handoffs "model guide present and verified"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coe.guides.models import Feedback
from projects.checklists.builtin_checks import failed, passed
from projects.checklists.checks import Candidate, Finding, Param, check
from projects.modelpages.sections import SECTIONS, completeness, guide_of

_ALL = len(SECTIONS)


@check(
    "model_guide",
    "Model guide present and verified",
    help="Passes when the model’s guide is published, enough of its seven sections are written and true for this "
    "version, and somebody verified it in time.",
    params=(
        Param(
            "at_least",
            "Sections at least",
            kind="number",
            is_required=False,
            help=f"How many must be written and true for the version. Left out: all {_ALL}.",
        ),
        Param(
            "open_reports",
            "Open reports of wrong outputs",
            kind="choice",
            is_required=False,
            choices=("fail", "ignore"),
            help="Whether reports that nobody answered make it fail. Left out: they do not.",
        ),
    ),
)
def model_guide(candidate: Candidate, params: Mapping[str, Any]) -> Finding:
    version = candidate.version
    guide = guide_of(version.model)
    wanted = min(max(int(params.get("at_least") or _ALL), 1), _ALL)
    reports = Feedback.objects.about(version.model).open_reports().count()
    saw: dict[str, Any] = {"at_least": wanted, "open_reports": reports}
    if guide is None:
        return failed("Nobody has written the guide of this model yet.", **saw)
    saw["guide"] = guide.slug
    if guide.published is None:
        return failed("The guide of this model is a draft: nobody has published it.", **saw)
    full = completeness(guide.published, version.version)
    saw |= {
        "revision": guide.published.number,
        "written": full.written,
        "true_for_version": full.true_for_version,
        "missing": [one.title for one in full.missing],
        "outdated": [one.title for one in full.outdated],
        "verified_at": guide.verified_at.isoformat() if guide.verified_at else None,
    }
    if full.true_for_version < wanted:
        return failed(
            f"{full.true_for_version} of {_ALL} sections are written and true for version {version.version};"
            f" asked for {'is' if wanted == 1 else 'are'} {wanted}.{_lacking(full.missing, full.outdated)}",
            **saw,
        )
    if guide.verified_at is None:
        return failed("The guide is written, but nobody has verified it.", **saw)
    if not guide.is_verified:
        return failed(f"The guide was last verified on {guide.verified_at:%-d %b %Y}, which is too long ago.", **saw)
    if reports and params.get("open_reports") == "fail":
        many = "1 report of a wrong output is" if reports == 1 else f"{reports} reports of wrong outputs are"
        return failed(f"The guide is in order, but {many} open.", **saw)
    return passed(
        f"{full.true_for_version} of {_ALL} sections are written and true for version {version.version};"
        f" verified by {guide.verified_by} on {guide.verified_at:%-d %b %Y}.",
        **saw,
    )


def _lacking(missing: Any, outdated: Any) -> str:
    parts = []
    if missing:
        parts.append("not written: " + ", ".join(one.title for one in missing))
    if outdated:
        parts.append("for other versions: " + ", ".join(one.title for one in outdated))
    return f" {'; '.join(parts).capitalize()}." if parts else ""
