"""Server-rendered pages for people: their own exchanges, the decisions, the log's health."""

from gateway.web.dashboard.receipts import ReceiptPage
from gateway.web.dashboard.routes import PageDependencies, create_pages

__all__ = ["PageDependencies", "ReceiptPage", "create_pages"]
