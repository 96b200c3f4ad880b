"""How much may a file hold? Every limit of reading, stated once."""

from __future__ import annotations

MEBIBYTE = 2**20

MOST_FILE_BYTES = {"csv": 100 * MEBIBYTE, "archive": 20 * MEBIBYTE, "pdf": 20 * MEBIBYTE}
MOST_UNPACKED_BYTES = 64 * MEBIBYTE
MOST_ENTRIES = 400  # of an archive
MOST_ROWS, MOST_COLUMNS = 50_000, 64  # the window of a sheet that is read
LAST_ROW, LAST_COLUMN = (
    1_048_576,
    16_384,
)  # of any spreadsheet; a file that names more is broken or meant to break something
LONGEST_FIELD = 10_000  # characters; longer text is refused, never cut
LONGEST_LINE = MOST_COLUMNS * LONGEST_FIELD * 2  # characters of one line of a CSV file
MOST_PAGES, MOST_TABLES = 200, 400  # of a document

# A part this much larger than it was packed, and not small, holds nothing that a person wrote.
MOST_TIMES_UNPACKED, SMALL_PART_BYTES = 200, 4 * MEBIBYTE

# What a reading process may use for one file, over what it holds when it waits. Processor time and memory are limits of the operating system.
CPU_SECONDS = {
    "csv": (3.0, 1.5),
    "archive": (3.0, 5.0),
    "pdf": (6.0, 1.5),
}  # for any file, and for each MB of it
MOST_DOCUMENT_CPU_SECONDS = 12.0
MOST_MEMORY_BYTES = 200 * MEBIBYTE
MEMORY_PER_BYTE = {
    "csv": 30,
    "archive": 60,
    "pdf": 10,
}  # cells are this much larger as Python's objects
WAITING_MEMORY_BYTES = 800 * MEBIBYTE  # where the system does not say how much a process holds
MOST_WAIT_SECONDS = 60.0  # for the answer, where a busy machine gives the process little time; of the first resort where there are no other limits
FILES_PER_PROCESS = 2_000  # then it makes room for a fresh one
