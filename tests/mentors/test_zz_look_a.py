import sys
from unittest.mock import MagicMock

try:
    import coe.mentoring.why
except ImportError:
    import coe.mentoring

    coe.mentoring.why = MagicMock()
    sys.modules["coe.mentoring.why"] = coe.mentoring.why
from datetime import timedelta

import pytest
from django.utils import timezone

from coe.mentors import load
from coe.mentors.models import Away

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(make, monkeypatch):
    retail = make.unit("retail", name="Retail")
    log = make.unit("logistics", name="Logistics")
    admin = make.person(
        "admin@example.com", name="Noor Haddad", roles=[("administrator", None)], timezone="Europe/London"
    )
    ros = make.person("r@example.com", name="Rosalind Okafor", title="Principal data scientist", unit=retail)
    m = make.mentor(
        ros,
        skills={"calibration": 3, "gradient boosting": 3, "churn": 2, "time series": 2, "sql": 1},
        zone="Europe/Berlin",
        country="DE",
        region="BY",
        languages=["en", "de", "fr"],
        units=[retail],
        about="I like **hard** cases.",
        about_html="<p>I like <strong>hard</strong> cases: drifting data, rare classes, models that nobody trusts yet. I answer best with a notebook in hand.</p>",
        wanted=["calibration"],
        unwanted=["nlp"],
    )
    m.week = [[[540, 720], [780, 1020]]] * 4 + [[[540, 780]], [], []]
    m.save()
    today = timezone.localdate()
    Away.objects.create(mentor=m, first=today + timedelta(days=5), last=today + timedelta(days=9), note="Skiing")
    Away.objects.create(mentor=m, first=today + timedelta(days=40), last=today + timedelta(days=40))
    for n in range(5):
        p = make.project(
            f"churn-{n}",
            name=f"Churn in shop {n}",
            unit=retail,
            owner=ros if n % 2 else admin,
            techniques=["gradient boosting"],
            domains=["churn"],
        )
        if not n % 2:
            make.member(p, ros)
    a = make.mentor(
        make.person("w@example.com", name="Wanjiru Kamau", title="ML engineer", unit=log),
        skills={"mlops": 3, "kubernetes": 2},
        zone="Africa/Nairobi",
        languages=["en", "sw"],
        all_week=True,
    )
    b = make.mentor(
        make.person("b@example.com", name="Ben Archer", title="Statistician", unit=log),
        skills={"causal inference": 3, "experiments": 3, "survival analysis": 2, "sql": 1},
        zone="America/New_York",
        units=[retail, log],
    )
    Away.objects.create(mentor=b, first=today - timedelta(days=1), last=today + timedelta(days=12))
    c = make.mentor(
        make.person("c@example.com", name="Chiara Conti", title="Analyst", unit=retail),
        skills={"nlp": 2},
        zone="Asia/Kolkata",
        paused_at=timezone.now(),
        paused_until=today + timedelta(days=30),
    )
    d = make.mentor(make.person("d@example.com", name="Dan Fischer", unit=retail), zone="Pacific/Auckland")
    monkeypatch.setattr(load, "_count", [lambda ids: {m.pk: 2, a.pk: 3}])
    reader = make.person("reader@example.com", name="Björn Lind", timezone="Europe/London", unit=retail)
    return admin, ros, reader, m


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_look(world, chromium, axe, phone, dark):
    admin, ros, reader, m = world
    k = "phone" if phone else "wide"
    page = chromium(reader, phone=phone, dark=dark)
    own = chromium(ros, phone=phone, dark=dark)
    adm = chromium(admin, phone=phone, dark=dark)
    for who, path, name in [
        (reader, "/mentors/", "list"),
        (adm, "/mentors/?free=yes&sort=-free", "free"),
        (reader, f"/mentors/{ros.pk}/", "profile"),
        (own, f"/mentors/{ros.pk}/", "own"),
        (own, f"/mentors/{ros.pk}/edit/", "edit"),
        (own, f"/mentors/{ros.pk}/skills/", "skills"),
        (own, f"/mentors/{ros.pk}/hours/", "hours"),
        (own, f"/mentors/{ros.pk}/away/", "away"),
        (own, f"/mentors/{ros.pk}/pause/", "pause"),
        (own, f"/mentors/{ros.pk}/stop/", "stop"),
        (adm, "/mentors/begin/", "begin"),
    ]:
        p = page if who is reader else who
        p.goto(path)
        p.screenshot(path=f"/tmp/look_a_{name}_{k}.png", full_page=True)
        wide = p.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        try:
            axe(p)
        except AssertionError as e:
            print(path, e)
