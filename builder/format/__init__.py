"""The layout of a release on disk, and how to read it."""
