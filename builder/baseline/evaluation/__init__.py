"""What is asked of a model, and how it is asked quickly without changing what comes out."""
