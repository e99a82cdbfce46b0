"""Writers: what words the biographies and questions."""
