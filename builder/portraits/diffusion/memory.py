"""Running out of memory: recognises it on each kind of device, and clears up after it."""

import gc


def ran_out(error: BaseException) -> bool:
    """Whether `error` says that the device or the machine ran out of memory."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # Apple's backend and the CPU allocator have no class of their own for it.
    return isinstance(error, RuntimeError) and any(
        sign in str(error).lower() for sign in ("out of memory", "can't allocate memory")
    )


def clear() -> None:
    """Free the failed batch's memory. Call it outside the `except`, because the error holds the batch's frames."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
