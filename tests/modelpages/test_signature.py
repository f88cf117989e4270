"""A signature in plain words, whatever MLflow says."""

from __future__ import annotations

import pytest

from projects.modelpages.signature import Row, plain, signature


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("long", "whole number"),
        ("double", "number"),
        ("string", "text"),
        ("datetime64[ns]", "date and time"),
        ("array<string>", "list: each a text"),
        ("map<array<double>>", "named values: each a list: each a number"),
        ("odd", "odd"),
        ("", "not said"),
    ],
)
def test_types(kind, words):
    assert plain(kind) == words


def test_tensors_columns_and_settings():
    found = signature(
        3,
        {
            "signature": {
                "inputs": [{"name": "", "dtype": "float32", "shape": [-1, 28, 28]}, {"name": "x", "type": "long"}],
                "outputs": [{"name": "y", "type": "double", "required": True}],
                "params": [
                    {"name": "k", "type": "integer", "default": "3"},
                    {"name": "words", "type": "string", "default": '"a b"'},
                    {"name": "off", "type": "boolean", "default": "false"},
                    {"name": "none", "type": "double", "default": "null"},
                    {"name": "cut", "type": "string", "default": '["aaaa'},
                ],
            }
        },
        "",
    )
    assert found.inputs == (
        Row("value 1", "table of numbers, any number × 28 × 28", "float32", ""),
        Row("x", "whole number", "long", "required"),
    )
    assert found.outputs == (Row("y", "number", "double", ""),)
    assert [row.need for row in found.params] == [
        "3 unless given",
        "a b unless given",
        "no unless given",
        "nothing unless given",
        '["aaaa unless given',
    ]


@pytest.mark.parametrize(
    ("version", "files", "error", "words"),
    [
        (None, None, "", "No version is registered yet."),
        (2, None, "", "was not read yet; the next reading"),
        (2, None, "It is gone.", "was not read yet: It is gone."),
        (2, {"signature": None}, "", "was logged without a signature"),
        (2, {"signature": {"inputs": "odd", "outputs": [3]}}, "", ""),
    ],
)
def test_why_there_is_none(version, files, error, words):
    assert words in signature(version, files, error).why_none
