"""Keeps freed memory with the process while models run on the CPU.

There PyTorch allocates and frees tens of megabytes in every operation. The C library on Linux returns such blocks to
the kernel, which zeroes them again before the next operation gets them. That cost a quarter of the time of asking.
"""

import contextlib
import ctypes
import sys

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
_LARGEST = 32 * 2**20
"""The largest threshold that the C library accepts for pieces that are the kernel's own."""
_NEVER = 2**31 - 1


def keep_freed_memory() -> None:
    """Stop returning to the kernel memory that is needed again at once, if the C library has such a setting."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # a C library without it
            library = ctypes.CDLL(None)
            library.mallopt(_MMAP_THRESHOLD, _LARGEST)
            library.mallopt(_TRIM_THRESHOLD, _NEVER)
