"""One of each kind that build-bench can be extended by."""
