"""The measures. All are computed from stored outcomes: none needs the model."""
