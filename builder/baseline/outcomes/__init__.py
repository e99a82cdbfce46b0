"""What is asked of a model, and what came of it: the records that evaluation makes and measures read."""
