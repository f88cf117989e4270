"""The rotation of the key under which credentials are kept."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import models

from coe.core import secrets
from projects.tracking.models import Source
from tests.factories import Make

pytestmark = pytest.mark.django_db

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def held(make: Make, settings: Any) -> list[Source]:
    """Five sources with a credential under the old key, and one without any."""
    settings.SECRETS_KEYS = [OLD]
    make.source("open")
    return [make.source(f"lab-{n}", auth="bearer", secret=secrets.encrypt(f"token {n}")) for n in range(5)]


def read(sources: list[Source]) -> list[str]:
    for source in sources:
        source.refresh_from_db()
    return [secrets.decrypt(source.secret) for source in sources]


def test_afterwards_the_old_key_is_not_needed(
    held: list[Source], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SECRETS_KEYS = [NEW, OLD]
    for _ in range(2):
        call_command("rotate_secrets")
        assert "5 credentials are encrypted" in capsys.readouterr().out
    settings.SECRETS_KEYS = [NEW]
    assert read(held) == [f"token {n}" for n in range(5)]
    assert Source.objects.get(name="open").secret is None


def test_without_it_the_new_key_reads_nothing(held: list[Source], settings: Any) -> None:
    settings.SECRETS_KEYS = [NEW]
    with pytest.raises(secrets.Unreadable):
        read(held)


def test_in_portions_none_is_left_out(held: list[Source], settings: Any) -> None:
    settings.SECRETS_KEYS = [NEW, OLD]
    assert secrets.rotate_all(at_once=2).rotated == 5
    settings.SECRETS_KEYS = [NEW]
    assert len(read(held)) == 5


def test_what_no_key_reads_is_told_and_kept(
    held: list[Source], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = Fernet(OTHER).encrypt(b"lost")
    Source.objects.filter(pk=held[0].pk).update(secret=lost)
    settings.SECRETS_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match=rf"tracking.Source {held[0].pk}: secret"):
        call_command("rotate_secrets")
    assert "4 credentials" in capsys.readouterr().out
    assert bytes(Source.objects.get(pk=held[0].pk).secret or b"") == lost


def test_each_column_that_is_named_a_secret_is_met() -> None:
    found = secrets.columns()
    assert (Source, "secret") in found
    assert all(isinstance(model._meta.get_field(name), models.BinaryField) for model, name in found)
