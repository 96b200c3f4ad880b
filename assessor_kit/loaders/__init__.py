"""Read the files that members and staff send in.

Untrusted files become accepted rows, and rejected rows with the reasons.

Nothing here opens the database. A file that cannot be used at all is reported as an `UnusableFile`;
a bad row is a `Problem`, never an exception. Files are opened in reader processes (`Readers`),
which have little memory, little time and nothing to write to.
"""

from assessor_kit.loaders.process.readers import Readers, ReceivedFile
from assessor_kit.loaders.records.returns import LoadedReturn, LoadedReturns
from assessor_kit.loaders.records.staff_files import Loaded

__all__ = ["Loaded", "LoadedReturn", "LoadedReturns", "Readers", "ReceivedFile"]
