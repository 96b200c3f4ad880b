"""What members and staff send in: untrusted files become accepted rows, and rejected rows with their reasons.

Nothing here opens the database. A file that cannot be used at all raises `UnusableFile`; a bad row is a `Problem`, never an exception.
"""

from assessor_kit.loaders.returns import LoadedReturn, LoadedReturns, read_returns
from assessor_kit.loaders.staff_files import (
    Loaded,
    read_assessors,
    read_circumstances,
    read_declarations,
    read_opt_ins,
    read_register,
    read_responses,
)

__all__ = [
    "Loaded", "LoadedReturn", "LoadedReturns", "read_assessors", "read_circumstances", "read_declarations", "read_opt_ins",
    "read_register", "read_responses", "read_returns",
]
