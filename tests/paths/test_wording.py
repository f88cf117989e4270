from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.paths import wording
from coe.paths.models import Step

# A busy machine is slow to make examples.
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


@pytest.mark.parametrize(
    ("minutes", "said"), [(None, ""), (0, ""), (40, "40 min"), (60, "1 h"), (200, "3 h 20 min"), (6000, "100 h")]
)
def test_time(minutes, said):
    assert wording.duration(minutes) == said


@pytest.mark.parametrize(
    ("days", "said"), [(None, ""), (0, "On the first day"), (1, "Within 1 working day"), (5, "Within 5 working days")]
)
def test_due(days, said):
    assert wording.due(Step(due_days=days)) == said


def test_needs():
    titles = {"a": "A", "b": "B", "c": "C"}
    assert wording.needs(Step(needs=[]), titles) == ""
    assert wording.needs(Step(needs=["a", "b", "c"]), titles) == "After “A”, “B” and “C”"
    assert wording.needs(Step(needs=["a", "b"], needs_rule="any"), titles) == "After “A” or “B”"


line = st.text(alphabet="ab*\\ x", min_size=1, max_size=6).map(str.strip).filter(bool)


@settings(**QUIET)
@given(st.lists(line, min_size=1, max_size=6), st.data())
def test_options_come_back_as_they_were_written(options, data):
    right = sorted(data.draw(st.sets(st.integers(0, len(options) - 1))))
    text = wording.options({"options": options, "right": right})
    assert wording.options_of(text) == (options, right)
