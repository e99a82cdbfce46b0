"""The questions put to a model, and a fast way to ask them that does not change the results."""
