"""Publishing, taking back, verifying, out of use and back, restoring."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.guides import services
from coe.guides.models import Document, Revision
from tests import races
from tests.factories import Make
from tests.guides.test_save_revision import save, unlocked

VERBS = {
    "publish": lambda slug, actor: services.publish_document(slug=slug, actor=actor, revision=1),
    "withdraw": lambda slug, actor: services.withdraw_document(slug=slug, actor=actor, reason="R"),
    "verify": lambda slug, actor: services.verify_document(slug=slug, actor=actor, revision=1),
    "archive": lambda slug, actor: services.archive_document(slug=slug, actor=actor, reason="R"),
    "recall": lambda slug, actor: services.recall_document(slug=slug, actor=actor),
    "restore": lambda slug, actor: services.restore_revision(slug=slug, actor=actor, number=1, based_on=1),
    "edit": lambda slug, actor: services.edit_document(slug=slug, actor=actor, tags=["x"]),
    "add_file": lambda slug, actor: services.add_file(slug=slug, actor=actor, name="a.txt", upload=b"x"),
    "remove_file": lambda slug, actor: services.remove_file(slug=slug, actor=actor, name="a.txt"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_only_those_who_edit_it(make: Make, verb: str) -> None:
    reader = make.person()
    public, draft = make.document("public"), make.document("draft", published=False)
    with pytest.raises(PermissionDenied):
        VERBS[verb](public.slug, reader)
    with pytest.raises(Document.DoesNotExist):
        VERBS[verb](draft.slug, reader)


def test_publishing_moves_what_readers_see(make: Make) -> None:
    document = make.document("churn", published=False)
    reader = make.person()
    assert not Document.objects.visible_to(reader).filter(pk=document.pk).exists()
    services.publish_document(slug="churn", actor=document.owner, revision=1)
    assert Document.objects.visible_to(reader).filter(pk=document.pk).exists()
    save(document, document.owner, "New.")
    made = services.publish_document(slug="churn", actor=document.owner, revision=2, note="New text")
    assert made.published is not None
    assert made.published.text == "New."
    assert made.first_published_at < made.published_at
    with pytest.raises(Refused, match="already"):
        services.publish_document(slug="churn", actor=document.owner, revision=2)
    with pytest.raises(Refused, match="newer"):
        services.publish_document(slug="churn", actor=document.owner, revision=1)
    with pytest.raises(ValidationError):
        services.publish_document(slug="churn", actor=document.owner, revision=7)


def test_a_verification_is_of_the_text_that_was_read(make: Make) -> None:
    document = make.document("churn")
    verified = services.verify_document(slug="churn", actor=document.owner, revision=1)
    assert verified.is_verified
    save(document, document.owner, "New.")
    assert services.publish_document(slug="churn", actor=document.owner, revision=2).verified_by is None
    with pytest.raises(Refused, match="revision 2"):
        services.verify_document(slug="churn", actor=document.owner, revision=1)


def test_a_verification_ends(make: Make) -> None:
    document = make.document("churn", verify_every_days=30)
    services.verify_document(slug="churn", actor=document.owner, revision=1)
    Document.objects.update(verified_at=timezone.now() - timedelta(days=31))
    document.refresh_from_db()
    assert not document.is_verified
    assert list(Document.objects.all().verification_due()) == [document]


def test_taken_back_it_is_a_draft(make: Make) -> None:
    document = make.document("churn")
    services.verify_document(slug="churn", actor=document.owner, revision=1)
    taken = services.withdraw_document(slug="churn", actor=document.owner, reason="Wrong")
    assert (taken.published, taken.verified_at) == (None, None)
    assert not Document.objects.visible_to(make.person()).exists()
    with pytest.raises(Refused):
        services.withdraw_document(slug="churn", actor=document.owner, reason="Wrong")
    with pytest.raises(Refused):
        services.verify_document(slug="churn", actor=document.owner, revision=1)


def test_out_of_use_and_back(make: Make) -> None:
    document = make.document("churn")
    services.archive_document(slug="churn", actor=document.owner, reason="Old")
    assert not Document.objects.visible_to(document.owner).published_only().exists()
    for verb in ("publish", "withdraw", "verify", "archive", "edit", "add_file"):
        with pytest.raises(Refused):
            VERBS[verb]("churn", document.owner)
    services.recall_document(slug="churn", actor=document.owner)
    assert Document.objects.visible_to(document.owner).published_only().exists()
    with pytest.raises(Refused):
        services.recall_document(slug="churn", actor=document.owner)


@pytest.mark.parametrize("verb", [services.withdraw_document, services.archive_document])
def test_a_reason_is_asked_for(make: Make, verb: object) -> None:
    document = make.document("churn")
    with pytest.raises(ValidationError) as caught:
        verb(slug="churn", actor=document.owner, reason=" ")  # type: ignore[operator]  # both take these
    assert "reason" in caught.value.message_dict


def test_an_earlier_revision_is_taken_up_again(make: Make) -> None:
    document = make.document("churn", text="First.")
    save(document, document.owner, "Second.")
    made = services.restore_revision(slug="churn", actor=document.owner, number=1, based_on=2)
    assert (made.number, made.text, made.restored_from) == (3, "First.", 1)
    with pytest.raises(Refused, match="says the same"):
        services.restore_revision(slug="churn", actor=document.owner, number=1, based_on=3)
    with pytest.raises(Refused, match="meanwhile"):
        services.restore_revision(slug="churn", actor=document.owner, number=2, based_on=1)


def test_each_verb_tells_of_itself(make: Make) -> None:
    document = make.document("churn", published=False)
    for verb in ("publish", "verify", "edit", "add_file", "remove_file", "withdraw", "archive", "recall"):
        VERBS[verb]("churn", document.owner)
    told = [event.verb.partition(".")[2] for event in Event.objects.about(document).order_by("id")]
    assert told == [
        *("published", "verified", "edited", "file_added", "file_removed", "withdrawn", "archived", "recalled"),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control"])
def test_publishing_while_somebody_saves_loses_neither(
    make: Make, monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    """Readers see the revision that was chosen and the new one is the newest, whoever comes first; and two who publish
    never put an older text in the place of a newer one. Without the lock they do.
    """
    document = make.document("churn", text="One.")
    save(document, document.owner, "Two.")
    save(document, document.owner, "Three.", based_on=2)
    meet = races.meeting()
    whole = Document.save

    def slowly(self: Document, *args: object, **kwargs: object) -> None:
        meet()
        if self.published is not None and self.published.number == 2:
            meet()
        whole(self, *args, **kwargs)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(Document, "save", slowly)
    if not is_locked:
        monkeypatch.setattr("coe.guides.document_parts.locked", unlocked)
    races.together(
        lambda: services.publish_document(slug="churn", actor=document.owner, revision=2),
        lambda: services.publish_document(slug="churn", actor=document.owner, revision=3),
    )
    document.refresh_from_db()
    assert document.published is not None
    assert (document.published.number == 3) is is_locked


@pytest.mark.django_db(transaction=True)
def test_publish_and_save_at_once(make: Make) -> None:
    document = make.document("churn", text="One.", published=False)
    results = races.together(
        lambda: services.publish_document(slug="churn", actor=document.owner, revision=1),
        lambda: save(document, document.owner, "Two."),
    )
    assert races.failures(results, Exception) == 0
    document.refresh_from_db()
    assert isinstance(document.published, Revision)
    assert (document.published.number, document.latest.number if document.latest else 0) == (1, 2)
