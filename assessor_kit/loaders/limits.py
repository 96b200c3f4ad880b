"""The limits on what a file may contain, all in one place."""

from __future__ import annotations

MEBIBYTE = 2**20

MOST_FILE_BYTES = {"csv": 100 * MEBIBYTE, "archive": 20 * MEBIBYTE, "pdf": 20 * MEBIBYTE}
MOST_UNPACKED_BYTES = 64 * MEBIBYTE
MOST_ENTRIES = 400  # in one archive
# the part of a sheet that is read
MOST_ROWS = 50_000
MOST_COLUMNS = 64
# the last cell that a spreadsheet can have; a file that refers beyond it is broken or hostile
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
LONGEST_FIELD = 10_000  # characters; longer text is rejected, never cut
LONGEST_LINE = MOST_COLUMNS * LONGEST_FIELD * 2  # characters in one line of a CSV file
# in one document
MOST_PAGES = 200
MOST_TABLES = 400

# A part that grows this much when unpacked, and is not small, holds nothing that a person wrote.
MOST_TIMES_UNPACKED = 200
SMALL_PART_BYTES = 4 * MEBIBYTE

# What a reader process may use for one file, on top of what it holds while it waits. The operating
# system enforces the limits on processor time and memory.
# seconds for any file, and further seconds for each MB of it
CPU_SECONDS = {"csv": (3.0, 1.5), "archive": (3.0, 5.0), "pdf": (6.0, 1.5)}
MOST_DOCUMENT_CPU_SECONDS = 12.0
MOST_MEMORY_BYTES = 200 * MEBIBYTE
# as Python objects, cells take up this many times their size in the file
MEMORY_PER_BYTE = {"csv": 30, "archive": 60, "pdf": 10}
WAITING_MEMORY_BYTES = 800 * MEBIBYTE  # where the system does not say how much a process holds
# how long to wait for an answer, since a busy machine may give the process little time; where the
# system enforces no other limits, this is the only one
MOST_WAIT_SECONDS = 60.0
FILES_PER_PROCESS = 2_000  # then a fresh process takes its place
