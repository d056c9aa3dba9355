"""A request of each API for tests that hold for all of them."""
