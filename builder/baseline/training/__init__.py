"""Fine-tuning: the examples, their order, and the training itself."""
