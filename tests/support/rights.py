"""Work as an account that may not do everything, also where the tests run as root."""

import contextlib
import ctypes
import os
import sys

VERSION = 0x20080522  # linux/capability.h, _LINUX_CAPABILITY_VERSION_3
OVERRIDES = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what lets root pass permissions
OVERRIDDEN = (1, 2)  # the same two, by their numbers
DROP_FROM_BOUNDS = 24  # linux/prctl.h, PR_CAPBSET_DROP


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextlib.contextmanager
def bound_by_permissions():
    """Within the block permissions of files count for this thread too, as for anybody."""
    if os.geteuid():
        yield
        return
    system = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(VERSION, 0), (_Sets * 2)()
    assert system.capget(ctypes.byref(header), sets) == 0, os.strerror(ctypes.get_errno())
    before = sets[0].effective
    sets[0].effective = before & ~OVERRIDES
    assert system.capset(ctypes.byref(header), sets) == 0, os.strerror(ctypes.get_errno())
    try:
        yield
    finally:
        sets[0].effective = before
        assert system.capset(ctypes.byref(header), sets) == 0, os.strerror(ctypes.get_errno())


def obey_permissions():
    """Have permissions count for what this process becomes, and for its children, as for anybody."""
    if sys.platform == "linux" and os.geteuid() == 0:
        system = ctypes.CDLL(None)
        for one in OVERRIDDEN:
            system.prctl(DROP_FROM_BOUNDS, one, 0, 0, 0)


if __name__ == "__main__":  # python rights.py COMMAND...
    obey_permissions()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606  (what the tests start, as it is)
