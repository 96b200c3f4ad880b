"""The commands for what goes to and fro after judgements, in the order of the help."""

from __future__ import annotations

from assessor_kit.cli.rounds.information import rounds
from assessor_kit.cli.rounds.notes import notes, rounds_waiting
from assessor_kit.cli.rounds.queries import query
from assessor_kit.cli.rounds.versions import newer_versions

COMMANDS = (rounds_waiting, notes, newer_versions, rounds, query)
