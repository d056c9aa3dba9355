"""How long things are kept, what stops them going, and what people may ask of us about them."""
