"""Running out of memory: how it looks on each kind of device, and how to clear up after it."""

import gc


def ran_out(error: BaseException) -> bool:
    """Whether `error` says that memory, the device's or the machine's, was not enough."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # Apple's backend and the CPU allocator have no class of their own for it.
    return isinstance(error, RuntimeError) and any(
        sign in str(error).lower() for sign in ("out of memory", "can't allocate memory")
    )


def clear() -> None:
    """Give back what the failed batch held. Call it outside the `except`, whose error holds the batch's frames."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
