from __future__ import annotations

import pytest

from coe.env import BadSetting, Env
from tests.fixtures import run_manage

BAD = [
    ("flag", "maybe", {"default": False}, "must be true or false, not 'maybe'"),
    ("whole", "many", {"default": 1}, "must be a whole number from 0 to 2147483648, not 'many'"),
    ("whole", "-1", {"default": 1}, "must be a whole number from 0 to 2147483648, not '-1'"),
    ("whole", "9", {"default": 1, "most": 8}, "must be a whole number from 0 to 8, not '9'"),
    ("choice", "LOUD", {"default": "INFO", "choices": ("INFO", "DEBUG")}, "must be one of INFO, DEBUG, not 'LOUD'"),
    ("url", "mysql://u:hunter2@h/d", {"schemes": ("postgresql",)}, "must be a URL that begins with postgresql://"),
    ("url", "http://[", {"schemes": ("http",)}, "must be a URL that begins with http://"),
    (
        "database",
        "postgresql://u:hunter2@host",
        {},
        "must name a database after the host, as in postgresql://host/cairn",
    ),
    (
        "database",
        "postgresql://u:hunter2@host:port/d",
        {},
        "must be a URL that begins with postgresql:// or postgres://",
    ),
    ("secret", "hunter2", {"least": 32}, "must be a secret of at least 32 characters, this one has 7"),
]


@pytest.mark.parametrize(("reader", "value", "arguments", "rule"), BAD)
def test_a_bad_value_ends_with_one_line_that_names_it(capfd, reader, value, arguments, rule):
    with pytest.raises(BadSetting) as caught:
        getattr(Env({"THE_SETTING": value}), reader)("THE_SETTING", **arguments)
    assert caught.value.code == 2
    assert capfd.readouterr().err == f"Setting THE_SETTING: {rule}\n"
    assert "hunter2" not in caught.value.line


@pytest.mark.parametrize(
    ("reader", "arguments"), [("text", {}), ("secret", {"least": 8}), ("url", {"schemes": ("http",)}), ("database", {})]
)
@pytest.mark.parametrize("values", [{}, {"THE_SETTING": "  "}])
def test_a_missing_value_says_so(capfd, values, reader, arguments):
    with pytest.raises(BadSetting):
        getattr(Env(values), reader)("THE_SETTING", **arguments)
    assert capfd.readouterr().err.startswith("Setting THE_SETTING: is missing; ")


def test_good_values():
    env = Env({"A": " yes ", "B": "7", "C": "x, y ,,z", "D": "DEBUG", "E": "redis://h/0"})
    assert env.flag("A", False) is True
    assert env.flag("NONE", True) is True
    assert env.whole("B", 1) == 7
    assert env.words("C") == ["x", "y", "z"]
    assert env.choice("D", "INFO", ("INFO", "DEBUG")) == "DEBUG"
    assert env.url("E", ("redis",)) == "redis://h/0"


def test_a_database_out_of_a_url():
    entry = Env({"D": "postgresql://ada:p%40ss@db.example:6432/cairn?sslmode=require"}).database("D")
    assert entry["NAME"] == "cairn"
    assert (entry["USER"], entry["PASSWORD"]) == ("ada", "p@ss")
    assert (entry["HOST"], entry["PORT"]) == ("db.example", "6432")
    assert entry["OPTIONS"] == {"sslmode": "require"}
    socket = Env({"D": "postgresql://postgres@/cairn?host=/a%20folder/pg"}).database("D")
    assert (socket["HOST"], socket["PORT"], socket["NAME"]) == ("/a folder/pg", "", "cairn")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "", "is missing"),
        ("SECRET_KEY", "hunter2", "at least 32 characters"),
        ("SECRETS_KEYS", "", "is missing"),
        ("SECRETS_KEYS", "hunter2-is-no-fernet-key", "Fernet key"),
        ("DATABASE_URL", "sqlite:///hunter2", "must be a URL that begins with"),
        ("BROKER_URL", "", "is missing"),
        ("TIME_ZONE", "Mars/Olympus", "Europe/Paris"),
        ("HTTPS", "perhaps", "must be true or false"),
        ("LOG_LEVEL", "LOUD", "must be one of"),
        ("TOKEN_DAYS", "0", "whole number from 1 to 366"),
    ],
)
def test_a_bad_setting_stops_the_start(name, value, says):
    done = run_manage("check", **{name: value})
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(f"Setting {name}: ")
    assert says in done.stderr
    assert "hunter2" not in done.stderr
