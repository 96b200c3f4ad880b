"""How much may a file hold? Every limit of reading, stated once."""

from __future__ import annotations

MEBIBYTE = 2**20

MOST_FILE_BYTES = {"csv": 100 * MEBIBYTE, "archive": 20 * MEBIBYTE, "pdf": 20 * MEBIBYTE}
MOST_UNPACKED_BYTES = 64 * MEBIBYTE
MOST_ENTRIES = 400  # of an archive
MOST_ROWS, MOST_COLUMNS = 50_000, 64  # the window of a sheet that is read
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of any spreadsheet; a file that names more is broken or meant to break something
LONGEST_FIELD = 10_000  # characters; longer text is refused, never cut
LONGEST_LINE = MOST_COLUMNS * LONGEST_FIELD * 2  # characters of one line of a CSV file
MOST_PAGES, MOST_TABLES = 200, 400  # of a document

# What a reading process may use for one file. Processor time and memory are limits of the operating system.
MOST_CPU_SECONDS, MOST_CPU_SECONDS_PER_MEBIBYTE = 9, 1.5
MOST_WAIT_SECONDS = 60.0  # for the answer, where a busy machine gives the process little time; of the first resort where there are no other limits
MOST_MEMORY_BYTES = 1024 * MEBIBYTE
MOST_MEMORY_PER_CSV_BYTE = 30  # a table of short cells takes this much more as Python's objects
FILES_PER_PROCESS = 2_000  # then it makes room for a fresh one
