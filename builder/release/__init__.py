"""The splits of a release, with their card and manifest."""
