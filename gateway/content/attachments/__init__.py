"""Files that come with a request: what they say, and what they tell beside it."""
