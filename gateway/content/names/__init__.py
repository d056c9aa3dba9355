"""Finding names of people, places and organisations: a small tagger, trained by ``bench.names``."""
