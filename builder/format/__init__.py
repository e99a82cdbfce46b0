"""What a release looks like on disk, and how it is read."""
