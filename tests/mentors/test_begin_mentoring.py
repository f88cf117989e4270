from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from coe.accounts.models import Person
from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentors import services
from coe.mentors.models import Mentor, working_week
from tests.factories import Make


def test_whoever_has_the_role_begins(make: Make, notified) -> None:
    person = make.person(roles=[("mentor", None)])

    mentor = services.begin_mentoring(actor=person, person_id=person.pk)

    assert (mentor.person, mentor.languages, mentor.capacity) == (person, ["en"], 3)
    assert mentor.week == working_week()
    assert list(Mentor.objects.serving()) == [mentor]
    assert Event.objects.about(mentor).get().verb == "mentor.began"
    assert notified() == 1


def test_the_centre_begins_for_another(make: Make) -> None:
    centre, person = make.person(roles=[("administrator", None)]), make.person(roles=[("mentor", make.unit())])

    assert services.begin_mentoring(actor=centre, person_id=person.pk).person == person


@pytest.mark.parametrize("who", ["stranger", "mentor"])
def test_nobody_else_does(make: Make, who: str) -> None:
    person = make.person(roles=[("mentor", None)])
    other = make.person(roles=[("mentor", None)] if who == "mentor" else [("contributor", None)])

    with pytest.raises(PermissionDenied):
        services.begin_mentoring(actor=other, person_id=person.pk)
    with pytest.raises(Person.DoesNotExist):
        services.begin_mentoring(actor=other, person_id=0)
    assert not Mentor.objects.exists()


def test_without_the_role_not_even_oneself(make: Make) -> None:
    person = make.person()

    with pytest.raises(PermissionDenied):
        services.begin_mentoring(actor=person, person_id=person.pk)


@pytest.mark.parametrize("how", ["role", "closed", "twice"])
def test_who_cannot_be_one(make: Make, how: str) -> None:
    centre = make.person(roles=[("administrator", None)])
    person = make.person(roles=[] if how == "role" else [("mentor", None)], is_active=how != "closed")
    if how == "twice":
        services.begin_mentoring(actor=centre, person_id=person.pk)

    with pytest.raises(Refused):
        services.begin_mentoring(actor=centre, person_id=person.pk)
    assert Mentor.objects.count() == (how == "twice")


def test_the_page_leads_to_the_skills(make: Make, sign_in) -> None:
    person = make.person(roles=[("mentor", None)])
    client = sign_in(person)

    assert "Begin mentoring" in client.get("/mentors/").content.decode()
    assert client.get("/mentors/begin/").status_code == 200
    assert client.post("/mentors/begin/")["Location"] == f"/mentors/{person.pk}/skills/"
    # Again, it leads to the profile.
    assert client.get("/mentors/begin/")["Location"] == f"/mentors/{person.pk}/"
    assert "Begin mentoring" not in client.get("/mentors/").content.decode()


def test_the_page_of_the_centre_offers_who_has_the_role_and_no_profile(make: Make, sign_in) -> None:
    centre, person = make.person(roles=[("administrator", None)]), make.person(roles=[("mentor", None)])
    make.mentor()
    make.person()
    client = sign_in(centre)

    assert list(client.get("/mentors/begin/").context["form"].fields["person"].queryset) == [person]
    assert client.post("/mentors/begin/", {"person": centre.pk}).status_code == 422
    assert client.post("/mentors/begin/", {"person": person.pk}).status_code == 302
    assert Mentor.objects.filter(person=person).exists()


def test_the_page_is_closed_to_others(make: Make, sign_in) -> None:
    assert sign_in(make.person()).post("/mentors/begin/").status_code == 403
