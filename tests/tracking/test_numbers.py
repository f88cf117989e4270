from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.tracking import facts, numbers


@given(st.floats())
def test_every_number_comes_back(value: float) -> None:
    text = json.dumps(numbers.encode(value), allow_nan=False)
    back = numbers.decode(json.loads(text))
    assert back == value or (math.isnan(back) and math.isnan(value))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("NaN", "NaN"), ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("0.5", 0.5), (10**400, "Infinity")],
)
def test_what_mlflow_sends(sent: object, kept: object) -> None:
    assert numbers.encode(sent) == kept


@pytest.mark.parametrize("sent", [None, True, "abc", [], {}])
def test_what_is_no_number(sent: object) -> None:
    assert numbers.encode(sent) is None
    assert sent is True or math.isnan(numbers.decode(sent))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda of: (
            st.lists(of)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "info",
                        "data",
                        "key",
                        "value",
                        "metrics",
                        "run_id",
                        "tags",
                        "start_time",
                        "inputs",
                        "version",
                        "name",
                    ]
                ),
                of,
            )
        ),
    )
)
def test_nothing_that_a_server_sends_breaks_the_reading(raw: object) -> None:
    answer = raw if isinstance(raw, dict) else {"info": raw, "data": raw, "name": raw, "version": raw}
    for parse in (facts.run, facts.experiment, facts.logged_model, facts.registered_model, facts.model_version):
        parse(answer, lambda kind, ref, reason: None)


def test_what_postgresql_does_not_take_is_taken_out() -> None:
    assert facts.clean("a\x00b\ud800c") == "ab?c"
    assert len(facts.clean("x" * 10_000)) == facts.LONGEST_VALUE
