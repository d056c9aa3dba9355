"""The demonstration: a simulated company, sign-in and tour."""
