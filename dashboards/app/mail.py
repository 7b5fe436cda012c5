"""One file to mail: a page that plays, says what it shows and carries what it was made from, without a server.

Every text is escaped; a policy of its own lets the page run its one script and fetch nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from detente.dashboards.app.bundle import bundle
from detente.dashboards.app.describe import described
from detente.dashboards.app.page import ASSETS
from detente.dashboards.app.payload import encoded
from detente.dashboards.app.plain_words import chronicle_words, dated
from detente.dashboards.app.record import in_words
from detente.dashboards.app.verdicts import LUCK_ALONE
from detente.experiments.compare.policies import Comparison, comparison_html
from detente.experiments.runs.ensemble import ensemble_html
from detente.experiments.runs.mailed import script_json, source_block
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.replay import Recipe, replay_text
from detente.experiments.runs.run import Run, run_html
from detente.model.opening import Opening

PLAYER = ASSETS / "question" / "mailed.mjs"
STYLES = ("site.css", "pages.css", "question.css")
MINOR = ("attack", "breach", "spoiler_strike", "breach_answered", "mediator_engaged", "mediator_left")
"""Events that a chronicle leaves out, because there are so many."""

OWN_STYLE = Path(__file__).parent / "mailed.css"


class Html(str):
    """A text that is HTML already."""


STILL = "The drawings below stand still; where scripts may run, this one plays."
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What a mailed page may do, beside its own script."""


class Shown(NamedTuple):
    """A run that a page plays: its words, the run."""

    head: str
    run: Run


class Letter(NamedTuple):
    """What a page says: title, what stands below it, the parts of the page, and the address it comes from."""

    title: str
    lead: str
    parts: Sequence[Html]
    address: str


def element(tag: str, *parts: object, **attributes: str) -> Html:
    """An element; texts in it are escaped, unless they are HTML already."""
    inner = "".join(part if isinstance(part, Html) else escape(str(part)) for part in parts)
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return Html(f"<{tag}{words}>{inner}</{tag}>")


def many(parts: Iterable[Html]) -> Html:
    """Elements in a row."""
    return Html("".join(parts))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], label: str = "Table") -> Html:
    """A table that scrolls sideways where the page is narrow."""
    head = element("tr", *(element("th", words, scope="col") for words in heads))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]))
        for row in rows
    ]
    inner = element("table", element("thead", head), element("tbody", *body), class_="facts")
    return element("div", inner, class_="scroll", tabindex="0", role="group", aria_label=label)


# -- parts of a page


def answered(told: Mapping[str, Any]) -> list[Html]:
    """What the pairs say: the sentence, what follows it, the numbers."""
    lines = [element("p", line) for line in (*told.get("also", ()), *told.get("lines", ())[1:])]
    first = told.get("sentence") or told["lines"][0]
    first = element("p", first, class_="q-sentence")
    numbers = table(["Mean of the runs", "without", "with", "difference"], told["rows"])
    words = f"{told['pairs']} pairs of runs with the same seeds. {told['luck']}"
    return [
        element("h2", f"What {told['pairs']} pairs of runs say"),
        element("div", first, *lines, numbers, element("p", words, class_="hint"), class_="q-answer"),
        *(known_too(told["not_known"]) if told.get("not_known") else ()),
    ]  # fmt: skip


def known_too(told: Mapping[str, Any]) -> list[Html]:
    """The second interval: what the pairs say over draws of what is not known."""
    first = element("p", told["sentence"], class_="q-sentence")
    lines = [element("p", line) for line in (told["signs"],) if line]
    words = element("p", told["words"], class_="hint")
    return [
        element("h2", "And what is not known"),
        element("div", first, *lines, table(told["head"], told["rows"]), words, class_="q-answer"),
    ]


def futures(shown: Sequence[Shown], decided: date | None) -> list[Html]:
    """The runs, played by the page's script; and each drawn once and for all."""
    start = shown[-1].run.start
    about = described(start)
    data = {
        "runs": [base64.b64encode(encoded(one.run, "")).decode() for one in shown],
        "heads": [one.head for one in shown],
        "about": {key: about[key] for key in ("pairs", "spoilers")},
        "decided": None if decided is None else decided.isoformat(),
    }
    block = Html(f'<script type="application/json" id="detente-runs">{script_json(data)}</script>')
    drawn = [portrait(one) for one in shown]
    return [
        element("h2", "Both futures, under the same luck" if len(shown) > 1 else "The run"),
        element("div", STILL, id="detente-player"),
        block,
        element("div", *drawn, class_="portraits"),
    ]  # fmt: skip


def portrait(shown: Shown) -> Html:
    """A run drawn once and for all, at a size at which its labels can be read."""
    ended = shown.run.end_reason.replace("_", " ")
    drawn = dated(run_html(shown.run)).replace(f"{ended} on ", f"{ended}, ", 1)
    return element(
        "div", element("h3", shown.head), Html(drawn), tabindex="0", role="group", aria_label=shown.head
    )


def chronicle(shown: Shown) -> list[Html]:
    """What happened in a run, but what happens too often to be told."""
    events = shown.run.events
    rows = events[~events["event"].isin(MINOR)].drop_duplicates(["date", "sentence"])
    lines = [
        event_line(row["date"], chronicle_words(row["sentence"]), because(row["why"]))
        for row in rows.to_dict("records")
    ]
    last = event_line(shown.run.end_date, shown.run.end_reason.replace("_", " "), "")
    inner = element("ol", *lines, last)
    return [
        element("h2", f"Chronicle: {shown.head}"),
        element("div", inner, class_="chronicle", tabindex="0", role="region", aria_label="Chronicle"),
    ]  # fmt: skip


def event_line(day: Any, words: str, why: str) -> Html:
    """A line of the chronicle."""
    return element("li", element("strong", in_words(day)), f" {words}", why)


def because(why: str) -> str:
    """A cause, where it says more than that somebody decided."""
    return (
        f" ({why})" if why and why not in ("own choice", "by rule") and not why.startswith("imposed") else ""
    )


def settings(start: Opening, about: Mapping[str, Any]) -> list[Html]:
    """What the runs were made from."""
    rows = {
        "case": f"{start.scenario.case.title} ({start.scenario.case.name})", "policy": about["policy"],
        "mode": about["mode"], "theory of readiness": about["theory"],
        "seed": about.get("seed", about.get("seeds", "")),
        "levers": words_of(about["levers"]), "parameters that differ from the case's": words_of(about["parameters"]),
        "facts set": words_of(about["facts"]), "decisions": "; ".join(words_of(d) for d in about["decisions"]),
        "version": about["version"], "digest of the case": about["scenario_sha256"],
        "digest of the policy": about["policy_sha256"], "digest of the rules": about["rules_digest"],
        "facts drawn for the seed": words_of(about.get("drawn_facts", {})),
    }  # fmt: skip
    items = [part for key, v in rows.items() if str(v) for part in (element("dt", key), element("dd", v))]
    return [element("h2", f"What {about['policy']} was made from"), element("dl", *items)]


def words_of(values: Mapping[str, Any]) -> str:
    """Values by name, in a line."""
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in values.items()
    )


def run_again(*, replay: bool) -> list[Html]:
    """How the runs are made again from the page itself."""
    ways = [
        element(
            "p", "This page carries the case and all settings. Saved as a file, it opens in the dashboards:"
        )
    ]
    ways.append(element("pre", "detente serve FILE.html"))
    if replay:
        ways += [
            element("p", "and its run is made again, bit for bit, by"),
            element("pre", "detente run --replay FILE.html"),
        ]
    return [element("h2", "Make it again"), *ways]


# -- the page


def page(letter: Letter, start: Opening, replay: str = "", *, sheets: Sequence[str] = ()) -> str:
    """The whole page; ``replay`` is the replay file of the run it shows, if it shows one; ``sheets`` more styles."""
    script = bundle(PLAYER)
    files = [*(ASSETS / name for name in (*STYLES, *sheets)), OWN_STYLE]
    style = "".join(file.read_text(encoding="utf-8") for file in files)
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"{POLICY}; script-src 'sha256-{allowed}'"
    head = [
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("title", f"{letter.title} · Détente"), element("style", Html(style)),
    ]  # fmt: skip
    body = element(
        "main", element("h1", letter.title), element("p", letter.lead), *letter.parts,
        element("p", f"Détente, a model of peace processes: {NOT_A_FORECAST}.", class_="hint"),
    )  # fmt: skip
    source = Html(source_block(start.scenario, letter.address, replay))
    whole = element(
        "html",
        element("head", *head),
        element("body", body, source, Html(f"<script>{script}</script>")),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{whole}\n"


def run_page(title: str, lead: str, shown: Sequence[Shown], recipe: Recipe, address: str, **told: Any) -> str:
    """A run, or two futures, as a page.

    Args:
        title: heading of the page.
        lead: what stands below it.
        shown: the runs by their words, the one with the decision last.
        recipe: what the last run was made from.
        address: of the page in the dashboards.
        told: ``answer``, what the pairs say, if they were run; ``decided``, the day of the decision.
    """
    last = shown[-1]
    said = answered(told["answer"]) if told.get("answer") else []
    parts = [
        *said, *futures(shown, told.get("decided")), *chronicle(last), *settings(last.run.start, last.run.about),
        *run_again(replay=True),
    ]  # fmt: skip
    by_name = recipe.model_copy(update={"case": last.run.start.scenario.case.name})
    return page(Letter(title, lead, parts, address), last.run.start, replay_text(by_name, last.run))


def comparison_page(
    made: Comparison, told: Sequence[str], caption: str, differing: Html, address: str
) -> str:
    """Policies side by side as a page.

    Args:
        made: the comparison.
        told: what each policy changes, in sentences.
        caption: what stands above the table.
        differing: the table of paired differences.
        address: of the page in the dashboards.
    """
    start = made.ensembles[0].start
    fans = [
        element(
            "div", Html(ensemble_html(one)), tabindex="0", role="group", aria_label=one.start.policy.title
        )
        for one in made.ensembles
    ]
    lines = [element("p", line, class_="q-sentence") for line in told]
    parts = [
        element("h2", f"What {len(made.seeds)} pairs of runs say"),
        element("div", *lines, element("p", LUCK_ALONE, class_="hint"), class_="q-answer"),
        element("p", caption), differing,
        element("h2", "Policies side by side"), Html(comparison_html(made)), element("div", *fans, class_="portraits"),
        *(part for one in made.ensembles for part in settings(one.start, one.about)),
        *run_again(replay=False),
    ]  # fmt: skip
    title = f"{start.scenario.case.title}: {', '.join(one.start.policy.title for one in made.ensembles)}"
    return page(Letter(title, "Many runs of each policy with the same seeds.", parts, address), start)
