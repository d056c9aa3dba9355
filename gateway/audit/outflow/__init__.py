"""The log on its way to others: formats, receivers, and how far each has been given it."""
