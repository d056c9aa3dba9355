"""Who owns what was generated, and what its terms forbid: recorded with the output."""
