"""Messages between a notebook's process and whoever runs it: JSON and raw buffers, never pickles."""

from __future__ import annotations

import asyncio
import json
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from jupyter_client.jsonutil import extract_dates

NUMBER = struct.Struct(
    "!q"
)  # what a warm process is asked and answers: a process id, or an exit status
FORK = NUMBER.pack(0)
DRAW = "draw"  # the channel on which a notebook's process has its figures drawn


def send_message(
    connection: Connection, channel: str, message: dict[str, Any], *, pack: Callable[[Any], bytes]
) -> None:
    """Send a Jupyter message. `pack` is the session's own packer, so that odd values arrive as they do over sockets."""
    buffers = message.get("buffers", [])
    parts = {
        name: message.get(name, {}) for name in ("header", "parent_header", "metadata", "content")
    }
    connection.send_bytes(pack({"channel": channel, "buffers": len(buffers), **parts}))
    for buffer in buffers:
        connection.send_bytes(bytes(buffer))


def receive(connection: Connection) -> dict[str, Any]:
    """The next message, with `channel`; EOFError where the other side is gone."""
    message: dict[str, Any] = json.loads(connection.recv_bytes())
    message["buffers"] = [connection.recv_bytes() for _ in range(message["buffers"])]
    message["header"], message["msg_type"] = (
        extract_dates(message["header"]),
        message["header"].get("msg_type"),
    )
    return message


def listen(
    loop: asyncio.AbstractEventLoop,
    connection: Connection,
    heard: Callable[[dict[str, Any]], None],
    ended: Callable[[], None],
) -> None:
    """Call `heard` in the loop for every message of the connection, and `ended` once when the other side is gone."""
    number = connection.fileno()

    def pull() -> None:
        try:
            while connection.poll(0):
                heard(receive(connection))
        except (
            EOFError,
            OSError,
            ValueError,
            KeyError,
        ):  # gone, or (a notebook may break its own process) talking nonsense
            loop.remove_reader(number)
            ended()

    def wait() -> None:
        try:
            while True:
                loop.call_soon_threadsafe(heard, receive(connection))
        except (EOFError, OSError, ValueError, KeyError):
            loop.call_soon_threadsafe(ended)

    try:
        loop.add_reader(number, pull)
    except NotImplementedError:  # Windows' loop cannot watch a pipe
        threading.Thread(target=wait, daemon=True).start()


def stop_listening(loop: asyncio.AbstractEventLoop, connection: Connection) -> None:
    """To be called before the connection is closed: its number may soon be another's."""
    with suppress(NotImplementedError):  # Windows' loop never watched it
        loop.remove_reader(connection.fileno())
