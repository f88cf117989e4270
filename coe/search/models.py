"""The index: what can be found, by the words it is found by. Made of the things themselves, and made anew from them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from coe.accounts.models import BusinessUnit


class Entry(models.Model):
    """What one thing says. Who may find it is asked of the thing itself, by `source` and `ref`."""

    source = models.CharField(max_length=20)
    ref = models.BigIntegerField()
    # As what it is shown: the model, where its guide says it.
    kind = models.CharField(max_length=20)
    target = models.BigIntegerField()
    unit = models.ForeignKey(BusinessUnit, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=500)
    folded = models.TextField()
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=900)
    # Title A, keywords B, summary C: short, so that what is found by it is quickly put into an order.
    head = SearchVectorField()
    # The same and the body, D.
    words = SearchVectorField()
    # Of all the above: what is as it was is not written again.
    digest = models.CharField(max_length=32)
    # What the thing itself was like in the database, where its source can tell.
    stamp = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "ref"], name="entry_once")]
        indexes = [
            GinIndex(fields=["head"], name="entry_head", fastupdate=False),
            GinIndex(fields=["words"], name="entry_words", fastupdate=False),
            models.Index(OpClass("folded", name="text_pattern_ops"), name="entry_by_beginning"),
        ]

    def __str__(self) -> str:
        return self.title


class Word(models.Model):
    """A word of some title or name: what a misspelt one may have meant."""

    text = models.CharField(max_length=40, primary_key=True)

    class Meta:
        indexes = [GinIndex(OpClass("text", name="gin_trgm_ops"), name="word_alike", fastupdate=False)]

    def __str__(self) -> str:
        return self.text
