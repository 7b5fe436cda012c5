"""Your own case: a visitor opens a case, or files of events that a case is built from, and gets a case that runs.

Files are chosen by a form, which ``assets/own`` fills.  What was opened is shown by name: what the check says, what is
not known, and where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dash import html

from detente.dashboards.app.case_reading import MOST_CASE, MOST_PAIR_DAYS, MOST_TABLE
from detente.dashboards.app.case_worker import MOST_SECONDS
from detente.dashboards.app.facts_told import facts_of_case
from detente.dashboards.app.opened_cases import KEPT, OpenedCase, parts_of
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.questions import case_questions, taught
from detente.dashboards.app.sent_files import MOST_SENT
from detente.model.errors import InputError, unknown
from detente.model.reading import MAX_BYTES
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site

LIMITS = (
    f"A file may have {MOST_SENT / 1e6:.0f} MB as it is sent (large tables are compressed first) and a table "
    f"{MOST_TABLE / 1e6:.0f} MB unpacked; a file of a case {MAX_BYTES / 1e6:.0f} MB, all of them "
    f"{MOST_CASE / 1e6:.0f} MB. Reading may take {MOST_SECONDS} seconds. Relations times days of a case may be "
    f"{MOST_PAIR_DAYS:,}. The server keeps {KEPT} opened cases until it ends, the least lately used forgotten "
    "first; who does not have the files cannot ask for one."
)


def layout(site: Site, query: Query) -> Any:
    """The form, or the case that the address names."""
    for key in query:
        if key != "case":
            raise unknown("address", key, ("case",))
    if "case" not in query:
        return form()
    name = query["case"]
    if parts_of(name) is None:
        raise InputError(
            f"address: case: got {name!r}; expected the name of a case that was opened on this page"
        )
    site.cases.checked(name, "address")
    opened = site.cases.opened.find(name)
    assert opened is not None
    return shown(site, opened)


def form(wanted: str = "", back: str = "") -> html.Div:
    """The form; for a link to a case that is not here, ``wanted`` is its name and ``back`` the address of the link."""
    more: dict[str, Any] = {"data-most": str(MOST_SENT)}
    more |= {"data-wanted": wanted, "data-back": back} if wanted else {}
    waiting = html.Div(
        [html.P("Opening the form …", className="live-wait", role="status")], id="own-root", **more
    )
    return html.Div(
        [
            html.H1("Your own case"),
            asking(wanted) if wanted else html.P(LEAD, className="lead"),
            waiting,
            html.H2("What may be opened"),
            html.P(LIMITS, className="own-limits"),
        ],
        className="page own",
    )


LEAD = (
    "Open a case, or files of events that a case is built from: it then runs on all pages. The files stay on the "
    "machine that serves this page."
)


def asking(wanted: str) -> html.Div:
    """What is said of a link to a case that is not here."""
    case, digest = parts_of(wanted) or (wanted, "")
    words = [
        "This link shows the case ", html.Strong(case), f", digest {digest}, which this server does not hold. Open its "
        "file, its zip, or the same data under the same name and choices, and the link goes on where it was.",
    ]  # fmt: skip
    return html.Div(words, className="notice notice-warning own-asking", role="status")


# -- a case that was opened


def shown(site: Site, opened: OpenedCase) -> html.Div:
    """A case: where to go on, what the check says, what is not known."""
    s, about = site.cases.scenario(str(opened.path)), opened.about
    parts = [
        html.H1(s.case.title),
        html.P(s.case.summary, className="lead"),
        html.P(facts_in_brief(opened, s), className="own-brief"),
        ways_on(site, opened.name),
        check_said(about),
        *told("What the data say", about.get("findings", ())),
        *told("To look at", about.get("to_look_at", ())),
        *facts_of_case(s),
        html.P([html.A("Open another case", href="/own")]),
    ]
    return html.Div(parts, className="page own", id="own-case")


def facts_in_brief(opened: OpenedCase, s: Scenario) -> str:
    """Dates, parties and digest."""
    case, digest = parts_of(opened.name) or (opened.name, "")
    return (
        f"{case}: {s.case.start} to {s.case.end}, levers act from {s.case.pivot}; {len(s.party)} parties, "
        f"{len(s.relation)} relations. Digest {digest}."
    )


def ways_on(site: Site, name: str) -> html.Div:
    """Links to the pages with this case, and its folder as a file."""
    case = quote(name, safe="~")
    asked = case_questions(site.cases, name)
    links = [link("Watch it live", f"/live?case={case}", "own-live", primary=True)]
    if asked:
        links.append(link("Its question", f"/?question={case}/{asked[0].name}", "own-question"))
    if name in taught(site.cases, name):
        links.append(link("Five lessons as questions", f"/lessons?case={case}", "own-lessons"))
    links += [
        link("Compare its policies", f"/compare?case={case}", "own-compare"),
        link("Parameters and audit", f"/evidence?case={case}", "own-evidence"),
        link("Save the case as a zip file", f"/api/own/zip?case={case}", "own-zip"),
    ]
    return html.Div(links, className="row own-ways")


def link(words: str, href: str, name: str, *, primary: bool = False) -> html.A:
    """A link that looks like a button."""
    return html.A(words, href=href, id=name, className="button primary" if primary else "button")


def check_said(about: Any) -> html.Section:
    """What ``detente check`` says, as sentences."""
    warnings = about.get("warnings", ())
    lines: list[Any] = [html.P(sentence(about["summary"]), id="own-check")]
    if warnings:
        lines += [html.P("Probably not meant:"), html.Ul([html.Li(sentence(line)) for line in warnings])]
    lines += [html.P(line) for line in about.get("notes", ())]
    return html.Section([html.H2("What the check says"), *lines])


def sentence(text: str) -> str:
    """A line as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def told(head: str, lines: Sequence[str]) -> list[Any]:
    """Lines under a heading; nothing where there is none."""
    return (
        [html.Section([html.H2(head), html.Ul([html.Li(sentence(line)) for line in lines])])] if lines else []
    )


PAGE = Page(
    name="own",
    path="/own",
    title="Your own case",
    summary="Open a case of your own, or build one from a file of events",
    layout=layout,
)
