"""The pages, in the order of the navigation."""

from detente.dashboards.app.page import Page
from detente.dashboards.app.pages.compare import PAGE as COMPARE
from detente.dashboards.app.pages.evidence import PAGE as EVIDENCE
from detente.dashboards.app.pages.explore import PAGE as EXPLORE
from detente.dashboards.app.pages.lessons import PAGE as LESSONS
from detente.dashboards.app.pages.live import PAGE as LIVE
from detente.dashboards.app.pages.own import PAGE as OWN
from detente.dashboards.app.pages.question import PAGE as QUESTION
from detente.dashboards.app.pages.sequence import PAGE as SEQUENCE
from detente.dashboards.app.pages.where import PAGE as WHERE

PAGES: tuple[Page, ...] = (QUESTION, LIVE, COMPARE, WHERE, SEQUENCE, EXPLORE, EVIDENCE, LESSONS, OWN)

__all__ = ["PAGES"]
