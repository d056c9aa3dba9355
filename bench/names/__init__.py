"""Training and measuring the name tagger. Its libraries: ``bench/names/requirements.txt``."""
