"""What is measured, from stored outcomes alone: no measure needs the model."""
