from __future__ import annotations
from datetime import timedelta
import pytest
from django.utils import timezone
from coe.mentoring import placing, services, places
from coe.mentoring.models import Request
from tests.mentoring.company import build
from tests.guides.pictures import png

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OUT = "/tmp/look_d"

def shots(chromium, axe, who, paths):
    import os
    os.makedirs(OUT, exist_ok=True)
    problems = []
    for name, look in (("l", {}), ("d", {"phone": True, "dark": True})):
        page = chromium(who, **look)
        if look:
            page.set_viewport_size({"width": 390, "height": 844})
        for label, path in paths:
            page.goto(path)
            page.screenshot(path=f"{OUT}/{label}_{name}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                problems.append(f"{path} wide {wide}")
            try:
                axe(page)
            except AssertionError as e:
                problems.append(str(e))
    return problems

def test_look(make, chromium, axe, monkeypatch):
    monkeypatch.setattr(places, "wake", lambda: None)
    w = build(make)
    w.asker.timezone = "Europe/Berlin"; w.asker.save()
    w.wanjiru.zone = "Africa/Nairobi"; w.wanjiru.save()
    from coe.mentors.models import Skill
    Skill.objects.create(mentor=w.wanjiru, tag="boosting", level=3); Skill.objects.create(mentor=w.wanjiru, tag="pricing", level=2)
    w.churn.techniques = ["boosting"]; w.churn.domains = ["pricing"]; w.churn.save()
    make.document("calibrate-scores", title="Calibrate the scores of a classifier", tags=["calibration"], text="How to calibrate scores of a churn model with isotonic regression.")
    solved = make.request(w.mate, mentor=w.rosalind, state="resolved", goal="Calibrate churn scores after a retraining", details="x", resolution="Use **isotonic** regression on the newest month.", rating=5, rated_at=timezone.now(), about=w.churn, unit=w.retail)
    Request.objects.filter(pk=solved.pk).update(resolution_html="<p>Use <strong>isotonic</strong> regression on the newest month.</p>", first_answer_at=solved.created_at + timedelta(hours=3))
    from coe.search import index, sources
    try:
        from django.core.management import call_command
        call_command("rebuild_search")
    except Exception as e:
        print("search", e)
    pair = w.model.as_subject()
    one = services.ask_for_help(actor=w.asker, goal="Make the churn scores mean probabilities again", topic="calibration", urgency="today", details="After the retraining the scores of version 7 are **too high**:\n\n```\nECE 0.14 -> 0.31\n```\n", skills=["boosting", "pricing"], subject=(pair.type_id, pair.id), version=7, team=[w.mate.pk])
    two = services.ask_for_help(actor=w.asker, goal="Forecast returns for a new shop", topic="forecasting", urgency="week")
    placing.route()
    one.refresh_from_db()
    mentor = one.mentor
    three = make.request(w.mate, mentor=mentor, state="asked", goal="Explain a SHAP plot to the board", topic="explainability", unit=w.retail)
    services.accept_request(request_id=one.pk, actor=mentor.person)
    services.write_message(request_id=one.pk, actor=mentor.person, text="Hello Björn. Which data did you calibrate on? Please send the log.")
    services.write_message(request_id=one.pk, actor=w.asker, text="The month before. Here is the log and the plot:\n\n- slope 0.7\n- intercept 0.1", files=[("run.log", b"epoch 1"), ("reliability.png", png())])
    services.propose_meeting(request_id=one.pk, actor=mentor.person, starts_at=timezone.now() + timedelta(days=1), minutes=30, place="https://meet.example.com/abc", text="Bring the notebook.")
    m = services.propose_meeting(request_id=one.pk, actor=mentor.person, starts_at=timezone.now() + timedelta(days=2), minutes=30)
    services.cancel_meeting(message_id=m.pk, actor=w.asker)
    found = []
    found += shots(chromium, axe, w.asker, [
        ("ask", f"/mentoring/ask/?about=model:{w.model.pk}&version=7&tags=boosting,pricing&goal=Calibrate+churn+scores"),
        ("home_asker", "/mentoring/"), ("thread_asker", f"/mentoring/{one.pk}/"), ("answered", "/mentoring/?tab=answered"),
        ("why", f"/mentoring/{one.pk}/why/"), ("waiting_thread", f"/mentoring/{two.pk}/"), ("front_asker", "/"),
        ("change", f"/mentoring/{one.pk}/change/"), ("answers", "/mentoring/answers/?goal=calibrate+churn+scores"),
        ("project", "/projects/churn/"),
    ])
    found += shots(chromium, axe, mentor.person, [
        ("home_mentor", "/mentoring/"), ("asked_thread", f"/mentoring/{three.pk}/"), ("hand_over", f"/mentoring/{one.pk}/hand-over/"), ("front_mentor", "/"),
    ])
    found += shots(chromium, axe, w.admin, [
        ("centre", "/mentoring/centre/"), ("place", f"/mentoring/{two.pk}/place/"), ("all", "/mentoring/?tab=all"),
    ])
    services.resolve_request(request_id=one.pk, actor=w.asker, resolution="We calibrate on the **newest** month now.")
    found += shots(chromium, axe, w.asker, [("resolved", f"/mentoring/{one.pk}/")])
    assert not found, "\n".join(found)
