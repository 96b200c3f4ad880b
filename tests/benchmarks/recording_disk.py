"""A disk, below the store's own SQLite, that remembers what was written and synced.

`recording()` registers a file layer (a VFS) through the SQLite inside pysqlite3 and makes it the
default: every database file opened from then on is written as before, and each write, truncation,
sync and deletion is noted. `images` then produces what a disk may hold if the power fails at some
moment: everything that was synced, and of the rest each write whole, torn at a sector or not at
all, in any order.
"""

import ctypes
import random
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pysqlite3._sqlite3

# Only there are SQLite's own functions exported.
LIBRARY = ctypes.CDLL(pysqlite3._sqlite3.__file__)  # noqa: SLF001
SECTOR, OK = 512, 0
POINTER, INT, LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
# the name is a pointer that the real layer keeps
OPEN = ctypes.CFUNCTYPE(INT, POINTER, POINTER, POINTER, INT, ctypes.POINTER(INT))
DELETE = ctypes.CFUNCTYPE(INT, POINTER, ctypes.c_char_p, INT)
CLOSE = ctypes.CFUNCTYPE(INT, POINTER)
WRITE = ctypes.CFUNCTYPE(INT, POINTER, POINTER, INT, LONG)
TRUNCATE = ctypes.CFUNCTYPE(INT, POINTER, LONG)
SYNC = ctypes.CFUNCTYPE(INT, POINTER, INT)


class Vfs(ctypes.Structure):
    """sqlite3_vfs, in which opening and deleting are replaced.

    Source: sqlite.org/c3ref/vfs.html.
    """

    _fields_ = [
        ("version", INT),
        ("file_size", INT),
        ("longest_path", INT),
        ("following", POINTER),
        ("name", ctypes.c_char_p),
        ("data", POINTER),
        ("open", OPEN),
        ("delete", DELETE),
        *((f"other{number}", POINTER) for number in range(16)),
    ]


class Methods(ctypes.Structure):
    """sqlite3_io_methods, in which what changes a file is replaced.

    Source: sqlite.org/c3ref/io_methods.html.
    """

    _fields_ = [
        ("version", INT),
        ("close", CLOSE),
        ("read", POINTER),
        ("write", WRITE),
        ("truncate", TRUNCATE),
        ("sync", SYNC),
        *((f"other{number}", POINTER) for number in range(13)),
    ]


@dataclass(frozen=True)
class Done:
    """Something that happened to the disk.

    `kind` is create, write, truncate, sync, delete (durable or not) or told (an acknowledgement).
    """

    kind: str
    file: str
    at: int = 0
    data: bytes = b""
    what: object = None


class Recorder:
    """Everything that happened, in order."""

    def __init__(self):
        self.done, self.names, self.tables, self.kept = [], {}, {}, []
        LIBRARY.sqlite3_vfs_find.restype = ctypes.POINTER(Vfs)
        self.real = LIBRARY.sqlite3_vfs_find(None).contents
        self.vfs = Vfs.from_buffer_copy(self.real)
        self.vfs.name = b"recording"
        self.vfs.open, self.vfs.delete = OPEN(self.open), DELETE(self.delete)

    def tell(self, what):
        self.done.append(Done("told", "", what=what))

    def open(self, vfs, name, file, flags, out_flags):
        result = self.real.open(vfs, name, file, flags, out_flags)
        methods = ctypes.cast(file, ctypes.POINTER(POINTER))
        if result == OK and name and methods[0]:
            self.names[file] = ctypes.string_at(name).decode()
            if not any(one.file == self.names[file] for one in self.done):
                self.done.append(Done("create", self.names[file]))
            methods[0] = self._table(methods[0])
        return result

    def _table(self, address):
        """Return a copy of the real methods that notes what changes a file.

        There is one for each table of the real layer.
        """
        if address not in self.tables:
            real = ctypes.cast(address, ctypes.POINTER(Methods)).contents
            mine = Methods.from_buffer_copy(real)
            mine.close = CLOSE(lambda file: (self.names.pop(file, None), real.close(file))[1])
            mine.write = WRITE(
                lambda file, data, size, at: self._note(
                    real.write(file, data, size, at),
                    "write",
                    file,
                    at,
                    ctypes.string_at(data, size),
                )
            )
            mine.truncate = TRUNCATE(
                lambda file, size: self._note(real.truncate(file, size), "truncate", file, size)
            )
            mine.sync = SYNC(lambda file, flags: self._note(real.sync(file, flags), "sync", file))
            self.tables[address] = mine
        return ctypes.addressof(self.tables[address])

    def _note(self, result, kind, file, at=0, data=b""):
        if result == OK and file in self.names:
            self.done.append(Done(kind, self.names[file], at, data))
        return result

    def delete(self, vfs, name, durable):
        result = self.real.delete(vfs, name, durable)
        if result == OK:
            self.done.append(Done("delete", name.decode(), what=bool(durable)))
        return result


@contextmanager
def recording():
    """Note everything that SQLite writes inside the block."""
    recorder = Recorder()
    assert LIBRARY.sqlite3_vfs_register(ctypes.byref(recorder.vfs), 1) == OK
    try:
        yield recorder
    finally:
        LIBRARY.sqlite3_vfs_unregister(ctypes.byref(recorder.vfs))
        LIBRARY.sqlite3_vfs_register(ctypes.byref(recorder.real), 1)


def images(done, start, *, cuts, seed):
    """Yield what the disk may hold at each of `cuts` moments, in order.

    Each is (what had been acknowledged by then, file -> bytes as the disk may hold them). `start`
    holds the files as they were, all synced, when the recording began.
    """
    chance, moments = random.Random(seed), {}
    for _ in range(cuts):
        moment = chance.randrange(len(done) + 1)
        moments[moment] = moments.get(moment, 0) + 1
    synced, waiting, told = {name: bytes(data) for name, data in start.items()}, {}, []
    for moment in range(len(done) + 1):
        for _ in range(moments.get(moment, 0)):
            yield (
                tuple(told),
                {
                    name: data
                    for name in {*synced, *waiting}
                    if (data := _after_cut(synced.get(name), waiting.get(name, []), chance))
                    is not None
                },
            )
        if moment < len(done):
            _happen(done[moment], synced, waiting, told)


def _happen(one, synced, waiting, told):
    if one.kind == "told":
        told.append(one.what)
    elif one.kind == "sync" or (one.kind == "delete" and one.what):
        steps = [*waiting.pop(one.file, []), *([one] if one.kind == "delete" else [])]
        data = synced.pop(one.file, None)
        for step in steps:
            data = _apply(data, step)
        if data is not None:
            synced[one.file] = data
    else:
        waiting.setdefault(one.file, []).append(one)


def _after_cut(data, steps, chance):
    """Return a file as it may be after a power cut.

    Each unsynced step happened, did not happen, or half happened; neighbours may have changed
    places.
    """
    survived = [step for step in steps if chance.random() < 0.5]
    if chance.random() < 0.5:
        chance.shuffle(survived)
    for step in survived:
        torn = step.kind == "write" and len(step.data) > SECTOR and chance.random() < 0.3
        whole = (
            step.data[: SECTOR * chance.randrange(1, len(step.data) // SECTOR + 1)]
            if torn
            else step.data
        )
        data = _apply(data, Done(step.kind, step.file, step.at, whole))
    return data


def _apply(data, step):
    if step.kind == "delete":
        return None
    held = bytearray(data or b"")
    if step.kind == "write":
        held.extend(bytes(max(0, step.at + len(step.data) - len(held))))
        held[step.at : step.at + len(step.data)] = step.data
    elif step.kind == "truncate":
        del held[step.at :]
    return bytes(held)


def put(image, folder, old):
    """Write an image into another folder than the one that it was recorded in."""
    for name, data in image.items():
        Path(folder, Path(name).relative_to(old)).write_bytes(data)
