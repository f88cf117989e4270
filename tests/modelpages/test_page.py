"""The page of a model: what each kind of reader sees, and what it says when something is missing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coe.guides.models import Reader
from coe.guides.services import withdraw_document
from projects.handoffs.models import Handoff
from projects.modelpages import services
from tests.modelpages.conftest import text

pytestmark = pytest.mark.django_db


class TestWhoReads:
    def test_stakeholder_reads_the_guide_and_the_facts(self, world, sign_in):
        world.bind()
        world.publish(verified=True)
        shown = text(sign_in(world.stakeholder).get(world.url))
        for said in (
            "<h1>Churn risk score",
            "How likely each customer is to leave.",
            "In production since 3 July 2026",
            "Verified by Mia Member",
            "Last read from MLflow",
            "When not to trust it",
            "<em>this</em>",
            "Yes. 80 points of the way to its target.",
            "loyalty_2026q2",
            "digest 8fa1",
            "was 0.71",
            "target 0.91",
            "What it means",
            "in MLflow</a>",
            "Mia Member",
            "whole number",
            "list: each a number",
            "optional",
            "table of numbers, any number × 2",
            "0.5 unless given",
            "candidate",
            "version 2",
        ):
            assert said in shown, said
        assert "Edit the guide" not in shown

    def test_stranger_finds_nothing(self, world, sign_in):
        for path in ("", "versions/", "card.md", "guide/edit/", "guide/confirm/"):
            assert sign_in(world.stranger).get(world.url + path).status_code == 404

    def test_team_is_led_to_edit(self, world, sign_in):
        world.publish()
        for person in (world.owner, world.member, world.admin):
            assert "guide/edit/" in text(sign_in(person).get(world.url))

    def test_a_reader_is_noted_once(self, world, sign_in):
        document = world.publish()
        client = sign_in(world.stakeholder)
        client.get(world.url)
        client.get(world.url)
        assert Reader.objects.get(document=document).person == world.stakeholder

    def test_versions_have_a_page_of_their_own(self, world, sign_in):
        shown = text(sign_in(world.stakeholder).get(world.url + "versions/"))
        assert "How aliases moved" in shown
        assert "nightly" in shown

    def test_a_model_whose_name_ends_like_the_page_of_versions(self, world, sign_in):
        odd = world.make.model(world.source, project=world.project, name="odd/versions")
        assert f"<h1>{odd.name}" in text(sign_in(world.owner).get("/models/lab/odd/versions/"))
        assert "Versions of" in text(sign_in(world.owner).get("/models/lab/odd/versions/versions/"))


class TestWithoutGuide:
    def test_it_is_useful_and_says_who_should_write_it(self, world, sign_in):
        world.bind()
        shown = text(sign_in(world.stakeholder).get(world.url))
        assert "Nobody has written the guide of this model yet" in shown
        assert "Ask <a" in shown
        assert "Olga Owner" in shown
        assert "Yes. 80 points" in shown

    def test_its_team_is_asked_to_write(self, world, sign_in):
        assert "Write the guide" in text(sign_in(world.member).get(world.url))

    def test_a_draft_is_told_to_editors_alone(self, world, sign_in):
        world.write()
        assert "The guide is a draft" in text(sign_in(world.owner).get(world.url))
        shown = text(sign_in(world.stakeholder).get(world.url))
        assert "draft" not in shown
        assert "Nobody has written the guide" in shown

    def test_a_newer_draft_is_told_to_editors_alone(self, world, sign_in):
        world.publish()
        world.write(decides="Something new.")
        assert "A newer draft, revision 2" in text(sign_in(world.owner).get(world.url))
        shown = text(sign_in(world.stakeholder).get(world.url))
        assert "Something new" not in shown
        assert "newer draft" not in shown

    def test_a_withdrawn_guide_is_gone_for_readers(self, world, sign_in):
        document = world.publish()
        withdraw_document(slug=document.slug, actor=world.owner, reason="Wrong")
        assert "Nobody has written" in text(sign_in(world.stakeholder).get(world.url))


class TestVersions:
    def test_sections_for_another_version_say_so_when_production_moves(self, world, sign_in):
        world.publish(1)
        client = sign_in(world.stakeholder)
        assert "may not hold" not in text(client.get(world.url))
        world.move(2)
        shown = text(client.get(world.url))
        assert shown.count("Written for version 1. Version 2 is in production now: this may not hold for it.") == 7
        services.confirm_sections(
            model_id=world.model.pk, actor=world.owner, keys=["decides", "read"], version=2, based_on=1
        )
        shown = text(client.get(world.url))
        assert shown.count("this may not hold for it") == 5
        assert "7 of 7 sections are written, 2 of them for version 2." in shown

    def test_not_in_production_the_newest_counts(self, world, sign_in):
        world.publish(1)
        world.move(None)
        shown = text(sign_in(world.stakeholder).get(world.url))
        assert "Not in production" in shown
        assert "Version 2 is the newest" in shown
        assert "was not read yet: The server did not answer." in shown

    def test_no_version_at_all(self, world, sign_in):
        bare = world.make.model(world.source, project=world.project, name="bare")
        shown = text(sign_in(world.owner).get(bare.get_absolute_url()))
        assert "No version yet" in shown
        assert "No version of it is registered yet." in shown


class TestPlainWords:
    def test_gone_from_mlflow(self, world, sign_in):
        world.model.missing_since = world.source.created_at
        world.model.save()
        assert "MLflow no longer has this model" in text(sign_in(world.owner).get(world.url))

    def test_version_in_production_is_gone(self, world, sign_in):
        world.versions[0].missing_since = world.source.created_at
        world.versions[0].save()
        assert "MLflow no longer has version 1, on which the alias production" in text(
            sign_in(world.owner).get(world.url)
        )

    def test_never_read(self, world, sign_in):
        world.source.last_good_sync_at = None
        world.source.save()
        shown = text(sign_in(world.owner).get(world.url))
        assert "Its MLflow server was never read to the end" in shown

    def test_of_no_project(self, world, sign_in):
        lone = world.make.model(world.source, name="lone")
        shown = text(sign_in(world.admin).get(lone.get_absolute_url()))
        assert "It belongs to no project, so nobody answers for it" in shown
        assert "guide/edit" not in shown

    def test_withheld_figures_are_never_shown(self, world, sign_in):
        world.project.visibility = "company"
        world.project.save()
        world.bind(is_withheld=True)
        world.bind(0.42, key="recall", name="Recall")
        shown = text(sign_in(world.stranger).get(world.url))
        assert "0.87" not in shown
        assert "withheld" in shown
        assert "withheld" in shown
        assert "0.87" in text(sign_in(world.member).get(world.url))
        assert "0.87" not in sign_in(world.stranger).get(world.url + "card.md").content.decode()


class TestChanges:
    def test_what_happened_in_plain_words(self, world, sign_in):
        world.publish(verified=True)
        shown = text(sign_in(world.stakeholder).get(world.url))
        assert "Olga Owner published “Churn risk score”" in shown
        assert "Mia Member verified" in shown
        assert not Handoff.objects.exists()

    def test_project_timeline_tells_of_guides(self, world, sign_in):
        world.publish()
        shown = text(sign_in(world.stakeholder).get("/projects/churn/timeline/"))
        assert "published “Churn risk score”" in shown


def test_at_most_fifteen_queries(world, sign_in):
    world.bind()
    world.bind(0.5, key="recall", name="Recall", is_withheld=True)
    world.publish(verified=True)
    for _ in range(3):
        world.make.feedback(world.model)
    for person in (world.stakeholder, world.owner, world.viewer, world.admin):
        client = sign_in(person)
        client.get(world.url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(world.url).status_code == 200
        assert len(captured) <= 15, "\n".join(query["sql"][:150] for query in captured)
