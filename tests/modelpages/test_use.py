"""“I use this”, and the models that touch a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from projects.modelpages import services
from projects.modelpages.models import Use
from projects.tracking.models import RegisteredModel
from tests.modelpages.conftest import text

pytestmark = pytest.mark.django_db
USE, MINE = "/models/lab/churn/xgb/use/", "/models/mine/"


class TestUse:
    def test_said_twice_is_one(self, world):
        services.use_model(model_id=world.model.pk, actor=world.stakeholder, purpose=" Whom  to call ")
        services.use_model(model_id=world.model.pk, actor=world.stakeholder, purpose="Other")
        use = Use.objects.get()
        assert use.purpose == "Other"
        assert Event.objects.filter(verb="model.used").count() == 1

    def test_stop(self, world):
        services.use_model(model_id=world.model.pk, actor=world.owner)
        services.stop_using(model_id=world.model.pk, actor=world.owner)
        assert not Use.objects.exists()
        with pytest.raises(Refused):
            services.stop_using(model_id=world.model.pk, actor=world.owner)

    def test_too_long(self, world):
        with pytest.raises(ValidationError):
            services.use_model(model_id=world.model.pk, actor=world.owner, purpose="x" * 201)

    def test_stranger(self, world, sign_in):
        with pytest.raises(RegisteredModel.DoesNotExist):
            services.use_model(model_id=world.model.pk, actor=world.stranger)
        assert sign_in(world.stranger).post(USE).status_code == 404

    def test_on_the_page(self, world, sign_in):
        client = sign_in(world.stakeholder)
        assert "Nobody has said so yet" in text(client.get(world.url))
        assert client.post(USE, {"purpose": "Whom to call"}).status_code == 302
        shown = text(client.get(world.url))
        assert "1 person says so" in shown
        assert "Whom to call" in shown
        client.post(USE, {"stop": "1"})
        assert not Use.objects.exists()


class TestMine:
    def test_by_each_reason(self, world, sign_in):
        world.project.visibility = "company"
        world.project.save()
        colleague = world.make.person(unit=world.unit)
        above = world.make.person(unit=world.make.unit("group"))
        user = world.make.person()
        services.use_model(model_id=world.model.pk, actor=user)
        world.model.refresh_from_db()
        for person, reasons in (
            (world.stakeholder, {"", "project"}),
            (world.member, {"", "project"}),
            (world.owner, {"", "project"}),
            (colleague, {"", "unit"}),
            (user, {"", "use"}),
            (above, set()),
            (world.stranger, set()),
        ):
            for why in ("", "use", "unit", "project"):
                count = sign_in(person).get(f"{MINE}?why={why}").context["count"]
                assert count == (1 if why in reasons else 0), (person, why)

    def test_units_above_see_those_of_units_below(self, world, sign_in):
        world.project.visibility = "company"
        world.project.unit = world.make.unit("online", parent=world.unit)
        world.project.save()
        assert sign_in(world.make.person(unit=world.unit)).get(MINE).context["count"] == 1

    def test_in_the_unit_but_not_in_production(self, world, sign_in):
        world.project.visibility = "company"
        world.project.save()
        world.move(None)
        assert sign_in(world.make.person(unit=world.unit)).get(MINE).context["count"] == 0

    def test_never_what_the_person_may_not_know_of(self, world, sign_in):
        Use.objects.create(model=world.model, person=world.stranger)
        assert sign_in(world.stranger).get(MINE).context["count"] == 0

    def test_a_card_says_what_it_decides_and_how_it_does(self, world, sign_in):
        world.bind()
        world.publish()
        shown = text(sign_in(world.stakeholder).get(MINE))
        for said in ("Churn risk score", "How likely each customer is to leave.", "Yes. 80 points", "Olga Owner"):
            assert said in shown
        assert "published “Churn risk score”" in shown

    def test_first_sentence_where_nobody_summed_it_up(self, world, sign_in):
        made = services.write_guide(
            model_id=world.model.pk, actor=world.owner, based_on=None, title="Churn", summary="", version=1,
            sections={"decides": "Whom the *team* calls first. More of it follows here."},
        )  # fmt: skip
        services.documents.publish_document(slug=made.document.slug, actor=world.owner, revision=1)
        shown = text(sign_in(world.stakeholder).get(MINE))
        assert "Whom the team calls first." in shown
        assert "More of it" not in shown

    def test_only_what_changed_since_the_person_looked(self, world, sign_in):
        services.use_model(model_id=world.model.pk, actor=world.stakeholder)
        world.publish()
        client = sign_in(world.stakeholder)
        shown = text(client.get(MINE))
        assert "published “Churn risk score”" in shown
        assert "I have seen what changed" in shown
        assert client.post(f"{MINE}seen/").status_code == 302
        shown = text(client.get(MINE))
        assert "published" not in shown
        assert "Nothing changed since" in shown

    def test_seeing_is_by_post_alone_and_of_oneself(self, world, sign_in):
        before = timezone.now() - timedelta(days=3)
        for person in (world.stakeholder, world.owner):
            Use.objects.create(model=world.model, person=person, seen_at=before)
        client = sign_in(world.stakeholder)
        client.get(MINE)
        assert client.get(f"{MINE}seen/").status_code == 405
        assert Use.objects.filter(seen_at=before).count() == 2
        client.post(f"{MINE}seen/")
        assert Use.objects.get(seen_at=before).person == world.owner

    def test_csv_and_search(self, world, sign_in):
        client = sign_in(world.stakeholder)
        body = b"".join(client.get(f"{MINE}?format=csv").streaming_content).decode()
        assert "churn/xgb" in body
        assert client.get(f"{MINE}?q=CHURN").context["count"] == 1
        answer = client.get(f"{MINE}?q=nothing")
        assert answer.context["count"] == 0
        assert "No model matches" in text(answer)

    def test_nothing_touches(self, world, sign_in):
        shown = text(sign_in(world.stranger).get(MINE))
        assert "No model touches you yet" in shown

    def test_home_page_tells_of_them(self, world, sign_in):
        world.publish()
        shown = text(sign_in(world.stakeholder).get("/"))
        assert "Models that touch you" in shown
        assert "published “Churn risk score”" in shown
        assert "Models that touch you" not in text(sign_in(world.stranger).get("/"))
