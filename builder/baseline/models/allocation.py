"""Freed memory stays with the process while models work on a processor.

PyTorch takes and frees tens of megabytes with every operation there. The C library of Linux gives such pieces back to
the kernel, which fills them with zeros again before the next operation has them: a quarter of the time of asking.
"""

import contextlib
import ctypes
import sys

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
_LARGEST = 32 * 2**20
"""The largest threshold that the C library accepts for pieces that are the kernel's own."""
_NEVER = 2**31 - 1


def keep_freed_memory() -> None:
    """From now on give no memory back to the kernel that will be wanted again at once; only where that can be said."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # a C library without it
            library = ctypes.CDLL(None)
            library.mallopt(_MMAP_THRESHOLD, _LARGEST)
            library.mallopt(_TRIM_THRESHOLD, _NEVER)
