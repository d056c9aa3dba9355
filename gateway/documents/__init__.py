"""The reference pages, made from the code so that they cannot be wrong."""
