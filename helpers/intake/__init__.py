"""Answer files as people have them, to raw answers and counts."""
