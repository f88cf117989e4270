from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.models import Event
from coe.mentors import services
from coe.mentors.forms import parts_of
from coe.mentors.models import Mentor
from tests.factories import Make

ALL = {
    "about": "I like *hard* cases.",
    "languages": ["de", "en", "de"],
    "zone": "Europe/Berlin",
    "country": "DE",
    "region": "BY",
    "capacity": 5,
    "wanted": ["NLP", " time  series "],
    "unwanted": ["sql"],
}


def test_the_mentor_changes_all_of_it(make: Make, notified) -> None:
    mentor, unit = make.mentor(), make.unit()

    services.change_profile(mentor_id=mentor.pk, actor=mentor.person, version=1, units=[unit], **ALL)

    mentor.refresh_from_db()
    assert (mentor.languages, mentor.wanted, mentor.unwanted) == (["de", "en"], ["nlp", "time series"], ["sql"])
    assert (mentor.zone, mentor.country, mentor.region, mentor.capacity) == ("Europe/Berlin", "DE", "BY", 5)
    assert mentor.about_html == "<p>I like <em>hard</em> cases.</p>"
    assert list(mentor.units.all()) == [unit]
    assert mentor.version == 2
    assert set(Event.objects.about(mentor).get().facts["fields"]) == {*ALL, "units"}
    assert notified() == 1


def test_what_is_the_same_changes_nothing(make: Make, notified) -> None:
    unit = make.unit()
    mentor = make.mentor(units=[unit])

    services.change_profile(
        mentor_id=mentor.pk, actor=mentor.person, units=[unit], languages=["en"], zone="UTC", capacity=3
    )

    mentor.refresh_from_db()
    assert mentor.version == 1
    assert not Event.objects.about(mentor).exists()
    assert notified() == 0


def test_the_centre_may_and_nobody_else(make: Make) -> None:
    mentor, other = make.mentor(), make.mentor()
    centre = make.person(roles=[("administrator", None)])

    services.change_profile(mentor_id=mentor.pk, actor=centre, capacity=1)
    for stranger in (other.person, make.person(roles=[("unit_lead", None)])):
        with pytest.raises(PermissionDenied):
            services.change_profile(mentor_id=mentor.pk, actor=stranger, capacity=0)
    with pytest.raises(Mentor.DoesNotExist):
        services.change_profile(mentor_id=0, actor=centre, capacity=1)
    mentor.refresh_from_db()
    assert mentor.capacity == 1


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("about", {"about": "x" * 2001}),
        ("about", {"about": "a\0b"}),
        ("languages", {"languages": []}),
        ("languages", {"languages": ["en", "xx"]}),
        ("zone", {"zone": "Europe/Atlantis"}),
        ("zone", {"zone": "../etc/passwd"}),
        ("country", {"country": "ZZ"}),
        ("country", {"country": "de"}),
        ("region", {"country": "DE", "region": "ZZ"}),
        ("region", {"country": "", "region": "BY"}),
        ("region", {"region": "BY"}),
        ("region", {"country": "SG", "region": "BY"}),
        ("capacity", {"capacity": 0}),
        ("capacity", {"capacity": 21}),
        ("wanted", {"wanted": ["x" * 41]}),
        ("unwanted", {"unwanted": [f"t{n}" for n in range(31)]}),
        ("unwanted", {"wanted": ["NLP"], "unwanted": ["nlp"]}),
        ("unwanted", {"unwanted": ["kept"]}),
    ],
)
def test_what_is_not_valid_is_told_by_field(make: Make, field: str, parts: dict) -> None:
    mentor = make.mentor(wanted=["kept"])

    with pytest.raises(ValidationError) as refused:
        services.change_profile(mentor_id=mentor.pk, actor=mentor.person, **parts)

    assert list(refused.value.message_dict) == [field]
    mentor.refresh_from_db()
    assert mentor.version == 1


def test_there_are_no_other_parts(make: Make) -> None:
    mentor = make.mentor()

    with pytest.raises(TypeError):
        services.change_profile(mentor_id=mentor.pk, actor=mentor.person, stopped_at=None)


def test_another_country_needs_another_part_of_it(make: Make) -> None:
    mentor = make.mentor(country="DE", region="BY")

    with pytest.raises(ValidationError):
        services.change_profile(mentor_id=mentor.pk, actor=mentor.person, country="US")
    services.change_profile(mentor_id=mentor.pk, actor=mentor.person, country="US", region="CA")


# -- the page ------------------------------------------------------------------------------------------------------


def typed(mentor: Mentor, **more: object) -> dict:
    found = parts_of(mentor)
    found |= {"wanted": ", ".join(mentor.wanted), "unwanted": ", ".join(mentor.unwanted), "another": ""}
    return {**found, **more}


def test_the_page_saves(make: Make, sign_in) -> None:
    unit = make.unit()
    mentor = make.mentor()
    client = sign_in(mentor.person)
    path = f"/mentors/{mentor.person_id}/edit/"
    assert client.get(path).status_code == 200

    changed = {"languages": ["en", "de"], "another": "cs", "units": [unit.slug], "wanted": "NLP, sql", "country": "DE"}
    answer = client.post(path, typed(mentor, **changed))

    assert answer["Location"] == mentor.get_absolute_url()
    mentor.refresh_from_db()
    assert (mentor.languages, mentor.wanted, mentor.country) == (["en", "de", "cs"], ["nlp", "sql"], "DE")
    assert list(mentor.units.all()) == [unit]
    # The parts of the country are offered once it is known.
    assert ("BY", "Bayern") in client.get(path).context["form"].fields["region"].choices


def test_whoever_speaks_no_common_language_chooses_from_the_long_list(make: Make, sign_in) -> None:
    mentor = make.mentor()
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/edit/"

    assert client.post(path, typed(mentor, languages=[])).status_code == 422
    assert client.post(path, typed(mentor, languages=[], another="cs")).status_code == 302
    mentor.refresh_from_db()
    assert mentor.languages == ["cs"]
    # It is among the boxes from then on.
    assert ("cs", "Czech") in client.get(path).context["form"].fields["languages"].choices


def test_what_is_wrong_stays_in_its_box(make: Make, sign_in) -> None:
    mentor = make.mentor(country="DE", region="BY")
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/edit/"

    answer = client.post(path, typed(mentor, capacity="99", wanted="sql", unwanted="SQL"))
    assert answer.status_code == 422
    assert 'value="99"' in answer.content.decode()
    # The part of one country does not fit another one.
    answer = client.post(path, typed(mentor, country="US"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["region"]


def test_two_edits_lose_nothing(make: Make, sign_in) -> None:
    mentor = make.mentor()
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/edit/"
    mine = typed(mentor, about="Mine.", languages=["en"])
    services.change_profile(mentor_id=mentor.pk, actor=mentor.person, about="Theirs.", languages=["en", "de"])

    answer = client.post(path, mine)

    assert answer.status_code == 409
    told = [(one["label"], one["theirs"], one["yours"]) for one in answer.context["differences"]]
    assert told == [("Languages", "English, German", "English"), ("About you", "Theirs.", "Mine.")]
    again = {**mine, "version": answer.context["form"]["version"].value()}
    assert client.post(path, again).status_code == 302
    mentor.refresh_from_db()
    assert (mentor.about, mentor.languages) == ("Mine.", ["en"])
