"""The verbs of documents: each in the module of its theme, all of them to be called from here."""

from __future__ import annotations

from coe.guides.document_files import add_file, remove_file
from coe.guides.document_states import (
    archive_document,
    edit_document,
    publish_document,
    recall_document,
    verify_document,
    withdraw_document,
)
from coe.guides.drafting import Conflict, create_document, restore_revision, save_revision

__all__ = [
    "Conflict",
    "add_file",
    "archive_document",
    "create_document",
    "edit_document",
    "publish_document",
    "recall_document",
    "remove_file",
    "restore_revision",
    "save_revision",
    "verify_document",
    "withdraw_document",
]
