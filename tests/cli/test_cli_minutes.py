"""Who keeps a log is told once a minute how far a command has come, and never more."""

import io
import sys
import time

import click
import pytest

from assessor_kit.cli import minutes
from assessor_kit.cli.command import Command, Settings, progress
from assessor_kit.cli.minutes import Counted, MinuteLines


class Terminal(io.StringIO):
    def isatty(self):
        return True


def lines_of(monkeypatch, *words, waits=False, screen=None, seconds=0.55):
    """What a command that takes a while says on standard error, with minutes of 0.1 seconds."""
    monkeypatch.setattr(minutes, "MINUTE", 0.1)
    heard = screen or io.StringIO()
    monkeypatch.setattr(sys, "stderr", heard)

    @click.command("slow", cls=Command, keys=("done",), waits_for_people=waits)
    def slow():
        """Count to three."""
        bar = progress()
        if callable(bar):
            with bar(3, "Feedback", "report") as one:
                one.update(2)
                time.sleep(seconds)
        else:
            time.sleep(seconds)
        return {"done": True}

    slow.main(list(words), standalone_mode=False, obj=Settings())
    return heard.getvalue().splitlines()


def test_a_log_gets_a_line_a_minute_with_what_is_done(monkeypatch):
    said = lines_of(monkeypatch)
    assert 2 <= len(said) <= 5
    assert all("Feedback 2 of 3 reports" in line for line in said)


@pytest.mark.parametrize("word", ["--quiet", "--json"])
def test_nothing_is_said_where_nobody_wants_it(monkeypatch, word):
    assert lines_of(monkeypatch, word) == []


def test_a_terminal_has_a_bar_and_no_lines(monkeypatch):
    assert lines_of(monkeypatch, screen=Terminal()) == []


def test_a_server_waits_for_people_and_says_nothing(monkeypatch):
    assert lines_of(monkeypatch, waits=True) == []


def test_a_quick_command_says_nothing(monkeypatch):
    assert lines_of(monkeypatch, seconds=0) == []


def test_after_ten_lines_there_is_one_every_ten_minutes(monkeypatch):
    monkeypatch.setattr(minutes, "MINUTE", 0.02)
    said = []
    with MinuteLines("score", said.append):
        time.sleep(0.02 * 10 + 0.02 * 10 * 1.5)
    assert 8 <= len(said) <= 12
    assert said[0].startswith("assessor-kit score, ")


def test_a_line_says_how_long_and_one_is_not_many():
    told = MinuteLines("feedback render", print)
    assert told.line(181) == "assessor-kit feedback render, 3 min so far"
    assert Counted(1, "Returns", "file").in_words() == "Returns 0 of 1 file"
