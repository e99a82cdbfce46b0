"""The errors a user may see: one sentence that names the thing, the place and the way out.

The command line prints the message without a traceback and exits with `exit_code`.
"""


class BenchError(Exception):
    """Work that failed, for a reason the user can act on."""

    exit_code = 1


class CallError(BenchError):
    """A wrong call: an argument, an option or a recipe that cannot be used."""

    exit_code = 2
