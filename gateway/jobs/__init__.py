"""Work done on a schedule."""
