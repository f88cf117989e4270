"""The paths that come with Cairn, as data; `coe.paths.builtin` brings them into the database."""

from __future__ import annotations

from coe.paths.content import citizen_1, citizen_2, citizen_3, data_scientist, mentor, new_team, stakeholder
from coe.paths.content.shape import PathText

PATHS: tuple[PathText, ...] = (
    new_team.PATH,
    data_scientist.PATH,
    citizen_1.PATH,
    citizen_2.PATH,
    citizen_3.PATH,
    stakeholder.PATH,
    mentor.PATH,
)
