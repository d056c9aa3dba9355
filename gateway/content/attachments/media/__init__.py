"""Pictures and sound: their containers, taken apart and put together without metadata."""
