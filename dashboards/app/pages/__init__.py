"""The pages, in the order of the navigation."""

from detente.dashboards.app.page import Page
from detente.dashboards.app.pages.live import PAGE as LIVE

PAGES: tuple[Page, ...] = (LIVE,)

__all__ = ["PAGES"]
