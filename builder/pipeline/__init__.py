"""From a recipe to a release: the sequence of stages, the commands that run it, and the cost of a run."""
