"""From a recipe to a release: the line of stages, the commands that run it, and what a run would cost."""
