"""Who writes: the words of biographies and questions."""
