"""The gallery: a static site about one release that opens from the disk, without a network."""

from builder.preview.building import preview, preview_path

__all__ = ["preview", "preview_path"]
