"""Server-rendered pages for people: their own exchanges, the decisions, the log's health."""

from gateway.web.dashboard.routes import PageDependencies, create_pages

__all__ = ["PageDependencies", "create_pages"]
