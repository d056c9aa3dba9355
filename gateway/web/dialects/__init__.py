"""How each family of APIs says that something went wrong, whole and in a stream."""
