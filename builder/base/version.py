"""The version of build-bench."""

__version__ = "0.1.0"
