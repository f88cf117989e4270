"""All projects of the group."""

from demo.world.content import (
    projects_energy,
    projects_finance,
    projects_health,
    projects_logistics,
    projects_manufacturing,
    projects_retail,
)
from demo.world.content.figures_use import RELIABILITY, USE, WRITTEN
from demo.world.content.figures_value import HOURS, VALUES

PROJECTS = (
    *projects_health.PROJECTS,
    *projects_retail.PROJECTS,
    *projects_logistics.PROJECTS,
    *projects_energy.PROJECTS,
    *projects_finance.PROJECTS,
    *projects_manufacturing.PROJECTS,
)
SERIES = (*VALUES, *HOURS, *USE, *RELIABILITY, *WRITTEN)
