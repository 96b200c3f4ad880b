"""Messages between a notebook's process and its owner: JSON and raw buffers, no pickles."""

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

# what a warm process is asked, and what it answers: a process id or an exit status
NUMBER = struct.Struct("!q")
FORK = NUMBER.pack(0)
ASK = "ask"  # the channel on which a notebook's process asks whoever runs it


def send_message(
    connection: Connection, channel: str, message: dict[str, Any], *, pack: Callable[[Any], bytes]
) -> None:
    """Send a Jupyter message.

    `pack` is the session's own packer, so that unusual values arrive as they do over sockets.
    """
    buffers = message.get("buffers", [])
    parts = {
        name: message.get(name, {}) for name in ("header", "parent_header", "metadata", "content")
    }
    connection.send_bytes(pack({"channel": channel, "buffers": len(buffers), **parts}))
    for buffer in buffers:
        connection.send_bytes(bytes(buffer))


def receive(connection: Connection) -> dict[str, Any]:
    """Return the next message with its `channel`; EOFError if the other side is gone."""
    message: dict[str, Any] = json.loads(connection.recv_bytes())
    message["buffers"] = [connection.recv_bytes() for _ in range(message["buffers"])]
    message["msg_type"] = message["header"].get("msg_type")
    message["header"] = extract_dates(message["header"])
    return message


def listen(
    loop: asyncio.AbstractEventLoop,
    connection: Connection,
    heard: Callable[[dict[str, Any]], None],
    ended: Callable[[], None],
) -> None:
    """Call `heard` in the loop for every message, and `ended` at the other side's end."""
    number = connection.fileno()

    def pull() -> None:
        try:
            while connection.poll(0):
                heard(receive(connection))
        # gone, or sending nonsense, because a notebook can break its own process
        except (EOFError, OSError, ValueError, KeyError):
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
    """Stop listening, before the connection is closed and its number used again."""
    with suppress(NotImplementedError):  # Windows' loop never watched it
        loop.remove_reader(connection.fileno())
