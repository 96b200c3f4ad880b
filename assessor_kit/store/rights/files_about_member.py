"""Find the files of a workspace that mention a member and copy what may be handed over.

Nothing that mentions somebody else may be handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from assessor_kit import tables
from assessor_kit.files import write_private
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rights.member_rows import words_of_member
from assessor_kit.store.rights.traces import files_holding
from assessor_kit.store.workspace import Workspace

NOT_LOOKED_AT = ("keys", "lab")  # keys, and the screen's settings
IN_LINES = (".csv", ".txt", ".jsonl")


@dataclass(frozen=True, kw_only=True)
class Copied:
    """The copies that were made, and the files that also mention others and cannot be cut.

    `mixed` holds paths relative to the workspace.
    """

    copied: tuple[Path, ...]
    mixed: tuple[str, ...]


class FilesSpeakingOf:
    """The files of a workspace, other than its database, that mention one member."""

    def __init__(self, workspace: Workspace, connection: Connection, member_no: str) -> None:
        register = sql_table(tables.REGISTER)
        known = connection.execute(
            select(register.c.member_no, register.c.name, register.c.email).where(
                register.c.member_no != member_no
            )
        ).all()
        self.folder = workspace.folder
        self.words = words_of_member(connection, member_no)
        self.others = sorted({word for row in known for word in row if word} - set(self.words))

    def copy(self, out: Path, *, leave: set[Path]) -> Copied:
        """Copy the files into a folder, except those in `leave`.

        A file made of lines is cut to the lines that mention this member and nobody else.
        """
        copied = []
        mixed = []
        for path in files_holding(self.folder, self.words):
            name = path.relative_to(self.folder).as_posix()
            if (
                path in leave
                or path.name.startswith("assessor.db")
                or name.split("/")[0] in NOT_LOOKED_AT
                or path.is_relative_to(out.parent.resolve())
            ):
                continue
            target = out / name.replace("/", "_")
            if not self._speaks_of_others(path):
                write_private(target, path.read_bytes())
            elif path.suffix in IN_LINES:
                write_private(target, "".join(self._own_lines(path)).encode())
            else:
                mixed.append(
                    "a file named after somebody else"
                    if any(word in name for word in self.others)
                    else name
                )
                continue
            copied.append(target)
        return Copied(copied=tuple(copied), mixed=tuple(mixed))

    def _speaks_of_others(self, path: Path) -> bool:
        return bool(files_holding(path, self.others))

    def _own_lines(self, path: Path) -> list[str]:
        first, *lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines(
            keepends=True
        )
        own = [
            line
            for line in lines
            if any(word in line for word in self.words)
            and not any(word in line for word in self.others)
        ]
        return [first, *own] if not any(word in first for word in self.others) else own
