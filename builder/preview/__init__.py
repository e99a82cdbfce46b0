"""The page to look at: a static site about one release that opens from the disk, with no network."""

from builder.preview.building import preview, preview_path

__all__ = ["preview", "preview_path"]
