"""What members and staff send in: untrusted files become accepted rows, and rejected rows with their reasons.

Nothing here opens the database. A file that cannot be used at all is an `UnusableFile`; a bad row is a `Problem`, never an exception. Files are
opened in reading processes (`Readers`): little memory, little time, nothing to write to.
"""

from assessor_kit.loaders.readers import Readers, Sent
from assessor_kit.loaders.returns import LoadedReturn, LoadedReturns
from assessor_kit.loaders.staff_files import Loaded

__all__ = ["Loaded", "LoadedReturn", "LoadedReturns", "Readers", "Sent"]
