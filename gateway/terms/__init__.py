"""What each provider's contract lets it do with content, with source, date and review."""
