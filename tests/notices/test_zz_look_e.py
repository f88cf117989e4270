from __future__ import annotations
import pytest
from django.core import mail
from coe.notices import links, services
from tests.notices.test_in_browser import reader, project  # noqa
from coe.notices.models import Letter, Notice
from django.utils import timezone
from datetime import timedelta

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

def test_look(make, notices, reader, project, chromium):
    notices.choose(reader, "gossip", "email", "daily")
    services.set_chat_hook(actor=reader, url="https://hooks.slack.com/services/T/B/x")
    for n in (1, 2, 3):
        notices.tell(project, reader, text=f"Ada Lovelace wrote: the calibration is off for customers of a year, message {n}.", topic="handoffs")
    notices.tell(project, reader, text="Björn Borg accepted the handoff of churn-xgb, version 7.", thread="h:2")
    notices.tell(project, reader, text="Churn score is at risk: the data of May are late.", topic="projects", thread="p:1")
    notices.tell(project, reader, text="Somebody said something.", topic="gossip", thread="g:1")
    old = make.notice(reader, text="Churn score moved to production.", topic="projects", label="Churn score", read_at=timezone.now())
    Notice.objects.filter(pk=old.pk).update(first_at=timezone.now()-timedelta(days=3), last_at=timezone.now()-timedelta(days=3))
    Letter.objects.create(person=reader, channel="email", topic="handoffs", thread="x", state="failed", due_at=timezone.now(), sealed_at=timezone.now(), ended_at=timezone.now(), problem="The mail server refused the mail: 550 5.1.1 No such user here")
    for phone, dark in ((False, False), (True, True)):
        page = chromium(reader, phone=phone, dark=dark)
        k = "phone" if phone else "wide"
        page.goto("/notices/")
        page.wait_for_selector(".notices-link .count")
        page.screenshot(path=f"/tmp/stubs_e/inbox_{k}.png", full_page=True)
        page.goto("/notices/settings/")
        page.wait_for_selector(".notices-link .count")
        page.screenshot(path=f"/tmp/stubs_e/settings_{k}.png", full_page=True)
        out = chromium(phone=phone, dark=dark)
        out.goto(f"/notices/unsubscribe/{links.unsubscribe_token(reader.pk, 'handoffs')}/")
        out.screenshot(path=f"/tmp/stubs_e/out_{k}.png", full_page=True)
    notices.post()
    mails = {m.subject: m for m in mail.outbox}
    print(list(mails))
    one = next(m for m in mail.outbox if "Ada" in m.subject); digest = next(m for m in mail.outbox if "digest" in m.subject)
    for name, m in (("one", one), ("digest", digest)):
        for phone, dark in ((False, False), (True, True)):
            page = chromium(phone=phone, dark=dark)
            page.set_content(m.alternatives[0][0])
            page.screenshot(path=f"/tmp/stubs_e/mail_{name}_{'phone' if phone else 'wide'}.png", full_page=True)
        open(f"/tmp/stubs_e/mail_{name}.txt", "w").write(m.body)
