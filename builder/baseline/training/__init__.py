"""How a model learns: what it is taught, in which order, and the fine-tuning itself."""
