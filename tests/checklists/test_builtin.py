"""The checklists that come with Cairn: there after every migrate and every flush, made once, in words of their own."""

from __future__ import annotations

from collections import Counter
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection

from coe.core.models import Event
from projects.checklists import builtin, checks
from projects.checklists.models import Checklist, Edition, Item
from projects.checklists.queries import published

pytestmark = pytest.mark.django_db


def items(slug):
    return list(published(Checklist.objects.get(slug=slug)).items.all())


def test_they_are_there_and_published():
    found = {c.slug: (c.kind, c.is_default, published(c).effect, published(c).alias) for c in Checklist.objects.all()}
    assert found == {
        "production-readiness": ("production", True, "set", "production"),
        "pilot": ("pilot", False, "set", "pilot"),
        "retirement": ("retirement", False, "remove", "production"),
    }
    assert set(Edition.objects.values_list("number", "state", "published_by")) == {(1, "published", None)}
    assert not Event.objects.exists()


def test_once_more_makes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert builtin.ensure() == 0


def test_only_what_is_missing_is_made_and_a_default_of_the_centre_stays(make):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE checklists_checklist CASCADE")
    make.checklist("ours", is_default=True)
    make.checklist("pilot", name="Our own pilot")
    assert builtin.ensure() == 2
    assert Checklist.objects.get(is_default=True).slug == "ours"
    assert Checklist.objects.get(slug="pilot").name == "Our own pilot"


def test_the_ml_test_score_has_seven_items_in_each_group():
    groups = Counter(item.group for item in items("production-readiness"))
    assert groups == {"Data": 7, "Model": 7, "Infrastructure": 7, "Monitoring": 7, "Handover": 10}
    scored = [item for item in items("production-readiness") if item.group != "Handover"]
    assert sum(item.is_required for item in scored) == 9


def test_every_item_says_what_it_is_in_few_words():
    for slug in ("production-readiness", "pilot", "retirement"):
        for item in items(slug):
            item.full_clean()
            assert len(item.title) <= 90
            assert not item.title.endswith(".")
            assert item.help.endswith(".")
            assert item.key.startswith(("data-", "model-", "infrastructure-", "monitoring-", "handover-", slug))


def test_every_check_is_known_and_asked_as_it_wants():
    for item in Item.objects.filter(kind="automatic"):
        assert checks.checked_params(item.check_key, item.params) == item.params


def test_nobody_can_be_stopped_for_good_by_a_required_item():
    """What is required and does not always hold may be said not to apply, or is in the team's hands."""
    required = {i.check_key for i in Item.objects.filter(kind="automatic", is_required=True)}
    assert required == {
        *("owner_and_support_named", "source_run_finished_and_linked", "has_signature", "has_description"),
        "training_data_logged",
    }


@pytest.mark.django_db(transaction=True)
def test_they_come_back_after_a_flush_and_two_at_once_make_them_once():
    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    assert not Checklist.objects.exists()
    made = []

    def run():
        made.append(builtin.ensure())
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 3]
    call_command("flush", interactive=False, verbosity=0)
    assert Checklist.objects.count() == 3
