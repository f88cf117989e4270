from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.core.models import Event
from kpis.measures import importing
from kpis.measures.importing import ImportResult, import_observations
from kpis.measures.models import Observation

pytestmark = pytest.mark.django_db
HEADER = "project,kpi,date,value,note,evidence\n"


@pytest.fixture
def owner(make):
    project = make.project("churn")
    make.binding(project, make.kpi("saved"))
    make.binding(project, make.kpi("auc"), experiment=make.experiment(project=project))
    return project.owner


def load(actor, text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return import_observations(actor=actor, content=content, **options)


def errors(actor, text):
    with pytest.raises(ValidationError) as caught:
        load(actor, text)
    assert not Observation.objects.exists()
    return caught.value.message_dict["file"]


def test_values_are_added_corrected_and_left_alone(owner):
    assert load(owner, HEADER + "churn,saved,2026-03-01,1,,\nchurn,saved,2026-04-01,2,,\n").added == 2
    again = HEADER + "churn,saved,2026-03-01,1,,\nchurn,saved,2026-04-01,3,Counted again,\n"
    assert load(owner, again, dry_run=True) == ImportResult(0, 1, 1, True)
    assert Observation.objects.count() == 2
    assert load(owner, again) == ImportResult(0, 1, 1, False)
    assert sorted(Observation.objects.filter(superseded_at=None).values_list("value", flat=True)) == [1, 3]
    assert Event.objects.filter(verb="observation.imported").count() == 2


def test_a_correction_needs_a_note(owner):
    load(owner, HEADER + "churn,saved,2026-03-01,1,,\n")
    with pytest.raises(ValidationError, match="row 2, note"):
        load(owner, HEADER + "churn,saved,2026-03-01,2,,\n")


def test_marks_and_semicolons_of_spreadsheets(owner):
    text = b"\xef\xbb\xbf" + b"Project;KPI;Date;Value\r\nchurn;saved;2026-03-01;1.5\r\n\r\n"
    assert load(owner, text).added == 1
    row = Observation.objects.get()
    assert (row.value, row.observed_at.date(), row.author) == (1.5, date(2026, 3, 1), owner)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("churn,saved,2026-03-01,,,", "row 2, value: must be a finite number"),
        ("churn,saved,2026-03-01,nan,,", "row 2, value: must be a finite number"),
        ("churn,saved,2026-03-01,1e400,,", "row 2, value: must be a finite number"),
        ("churn,saved,2026-03-01,1_000,,", "row 2, value: must be a finite number"),
        ("churn,saved,1 March,1,,", "row 2, date: must be a date like 2026-09-30"),
        ("churn,saved,2999-01-01,1,,", "row 2, date: must not lie in the future"),
        ("churn,other,2026-03-01,1,,", "row 2, kpi: no project 'churn' that you may see has the KPI 'other'"),
        ("churn,auc,2026-03-01,1,,", "row 2, kpi: the values of auc come from MLflow"),
        ("churn,saved,2026-03-01,1,,ftp://x", "row 2, evidence: must be a web address"),
        ("churn,saved,2026-03-01,1,,\nchurn,saved,2026-03-01,1,,", "row 3, date: row 2 holds a value for that day"),
        ("churn,saved,2026-03-01,1", "row 2: has 4 cells, the header has 6"),
        ('churn,saved,2026-03-01,"1,,', "is no CSV"),
    ],
)
def test_what_is_wrong_names_row_column_and_rule(owner, line, said):
    assert any(said in told for told in errors(owner, f"{HEADER}{line}\n"))


def test_one_wrong_row_stops_them_all(owner):
    assert errors(owner, HEADER + "churn,saved,2026-03-01,1,,\nchurn,saved,2026-04-01,x,,\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "project,kpi,date\n",
        HEADER,
        "project,kpi,date,value,color\na,b,c,d,e\n",
        "project,project,kpi,date,value\n",
        b"\xff\xfe",
    ],
)
def test_a_file_of_another_shape(owner, text):
    assert errors(owner, text)


def test_it_is_bounded(owner, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 2)
    assert errors(owner, HEADER + "churn,saved,2026-03-01,x,,\n" * 3) == ["must not hold more than 2 rows"]
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    assert errors(owner, HEADER) == ["must not be larger than 2 MB"]


def test_errors_are_bounded(owner):
    told = errors(owner, HEADER + "churn,saved,2026-03-01,x,,\n" * 70)
    assert len(told) == 51
    assert told[-1] == "and 20 more"


def test_who_may_not_enter(owner, make):
    line = HEADER + "churn,saved,2026-03-01,1,,\n"
    assert errors(make.person(), line) == ["row 2, project: you may not enter values for churn"]
    owner.owned_projects.update(visibility="members")
    assert "that you may see" in errors(make.person(), line)[0]


lines = st.lists(
    st.tuples(
        st.sampled_from(["churn", "", "other"]),
        st.sampled_from(["saved", "auc", "x"]),
        st.one_of(st.dates(date(2020, 1, 1), date(2027, 1, 1)).map(str), st.text(max_size=8)),
        st.one_of(st.floats().map(str), st.text(max_size=6)),
        st.text(max_size=8),
        st.text(max_size=8),
    ).map(",".join),
    max_size=5,
)


@given(
    st.one_of(st.binary(max_size=200), lines.map(lambda rows: (HEADER + "\n".join(rows)).encode("utf-8", "replace")))
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_an_answer(owner, content):
    with transaction.atomic():
        said: list[str] = []
        result = None
        try:
            result = import_observations(actor=owner, content=content)
        except ValidationError as error:
            said = list(error.message_dict)
        assert said == ([] if result else ["file"])
        assert Observation.objects.count() == (result.added if result else 0)
        transaction.set_rollback(True)
