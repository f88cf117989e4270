"""The matrix's rows of mentors: everybody may know who mentors; the mentor and the centre keep the profile.

The mentor of the matrix's world is none of the roles here, so that only the centre may do more than look.
"""

from __future__ import annotations

from tests.access.rule import ADMIN, ALL, NOBODY, Rule

ONE, API_ONE = "/mentors/{other_mentor_person}/", "/api/v1/mentoring/mentors/{other_mentor}/"


def kept(name: str, *, only_post: bool = False) -> dict[str, list[tuple[str, str, Rule]]]:
    """A page on which the profile is changed."""
    path = f"{ONE}{name}/"
    return {f"mentors:{name}": [*([] if only_post else [("GET", path, ADMIN)]), ("POST", path, ADMIN)]}


PAGES = {
    "mentors:mentors": [("GET", "/mentors/", ALL), ("GET", "/mentors/?format=csv", ADMIN)],
    "mentors:begin": [("GET", "/mentors/begin/", ADMIN), ("POST", "/mentors/begin/", ADMIN)],
    "mentors:mentor": [("GET", ONE, ALL), ("GET", "/mentors/{person}/", NOBODY)],
    **kept("edit"),
    **kept("skills"),
    **kept("hours"),
    **kept("away"),
    "mentors:remove_away": [("POST", ONE + "away/{other_mentor_away}/remove/", ADMIN)],
    **kept("pause"),
    **kept("resume", only_post=True),
    **kept("stop"),
    **kept("return", only_post=True),
}

API = {
    "api-mentoring/mentors-list": [
        ("GET", "/api/v1/mentoring/mentors/", ALL),
        # One's own profile with the role of a mentor, which nobody here has; the centre is told so.
        ("POST", "/api/v1/mentoring/mentors/", ADMIN),
    ],
    "api-mentoring/mentors-detail": [("GET", API_ONE, ALL), ("PATCH", API_ONE, ADMIN)],
    "api-mentoring/mentors-skills": [("PUT", API_ONE + "skills/", ADMIN)],
    "api-mentoring/mentors-week": [("PUT", API_ONE + "week/", ADMIN)],
    "api-mentoring/mentors-away": [("POST", API_ONE + "away/", ADMIN)],
    "api-mentoring/mentors-remove-away": [("DELETE", API_ONE + "away/{other_mentor_away}/", ADMIN)],
    "api-mentoring/mentors-pause": [("POST", API_ONE + "pause/", ADMIN)],
    "api-mentoring/mentors-resume": [("POST", API_ONE + "resume/", ADMIN)],
    "api-mentoring/mentors-stop": [("POST", API_ONE + "stop/", ADMIN)],
    "api-mentoring/mentors-come-back": [("POST", API_ONE + "return/", ADMIN)],
}
