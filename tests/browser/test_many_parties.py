"""A case of many parties on the live page: nothing lies on anything else, the busiest pairs come first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from live_page import LIVE, ready

from detente.model.catalogue import SHIPPED
from detente.model.reading import read_toml

pytestmark = pytest.mark.browser

LYING = """selector => {
  const boxes = [...document.querySelectorAll(selector)].filter(e => e.textContent || e.tagName === "circle")
    .map(e => e.getBoundingClientRect()).filter(b => b.width);
  const found = [];
  boxes.forEach((p, i) => boxes.slice(i + 1).forEach(q => {
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 2 && h > 2) found.push([w, h]);
  }));
  return found;
}"""


NAMED = """selector => [...document.querySelectorAll(selector)].filter(e => e.textContent).map(e => {
  const b = e.getBoundingClientRect();
  return [e.textContent, b.top, b.bottom];
})"""
"""Words with the heights at which they begin and end [px]."""

COUNTED = f"""() => {{
  const l = {LIVE}, last = l.run.rows - 1, drawn = l.network.pairs.map(x => x.p.name);
  const between = (p, d) => p.between.includes(d.source) && p.between.includes(d.target);
  const n = p => l.about.dyads.filter(d => between(p, d))
    .reduce((s, d) => s + l.run.col(`dyads.${{d.name}}.cum_attacks`)[last], 0);
  return [true, false].map(on => l.about.pairs.filter(p => drawn.includes(p.name) === on).map(n));
}}"""
"""Attacks in the whole run by the pairs that are drawn, and by the others."""


def ring(folder: Path, n: int) -> Path:
    """The template with a ring of parties with long names, each at war with the next."""
    tables = read_toml(SHIPPED / "template" / "case.toml")
    party, relation = tables["party"][0], tables["relation"][0]
    names = [f"movement-{k}" for k in range(n)]
    pairs = list(zip(names, [*names[1:], names[0]], strict=True))
    tables["case"] |= {"name": f"ring-{n}", "title": f"A ring of {n}"}
    tables["party"] = [
        {
            **party,
            "name": name,
            "title": f"Movement for the {k}. Province",
            "main_foe": foe,
            "faction": [{**f, "name": f"{f['name']}-{name}"} for f in party["faction"]],
        }
        for k, (name, foe) in enumerate(pairs)
    ]
    tables["relation"] = [{**relation, "between": list(pair)} for pair in pairs]
    for key in ("track", "measure", "spoiler", "mediator", "observed"):
        tables.pop(key, None)
    policies = folder / "policies"
    policies.mkdir(parents=True)
    text = 'name = "quiet"\ntitle = "Quiet"\nsummary = "Nothing is imposed."\nmode = "free"\n'
    (policies / "quiet.toml").write_text(text, encoding="utf-8")
    path = folder / "case.toml"
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rings(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    files = [ring(tmp_path_factory.mktemp(f"ring{n}"), n) for n in (12, 30, 60)]
    return serve(*(word for file in files for word in ("--case", str(file)))).url


@pytest.mark.parametrize("n", [12, pytest.param(30, marks=pytest.mark.acceptance), 60])
def test_many_parties_lie_beside_each_other(
    n: int, rings: str, visit: Callable[..., Any], snap: Callable[..., Path]
) -> None:
    page = ready(visit(base=rings).open(f"/?case=ring-{n}&policy=quiet&date=2030-06-01"))
    discs = page.locator(".network circle.disc")
    assert discs.count() == n
    assert page.evaluate(LYING, ".network circle.disc") == []
    assert page.evaluate(LYING, ".network .name") == []
    box = page.locator(".network").bounding_box()
    for disc in (one.bounding_box() for one in discs.all()):
        assert box["x"] <= disc["x"]
        assert disc["x"] + disc["width"] <= box["x"] + box["width"]
    names = page.evaluate(NAMED, ".network .name")
    for words, top, bottom in names:
        assert box["y"] - 1 <= top, f"{words} is cut above"
        assert bottom <= box["y"] + box["height"] + 1, f"{words} is cut below"
    for told in ([words for words, *_ in names], page.locator(".network .face").all_text_contents()):
        shown = [words for words in told if words]
        assert len(set(shown)) == len(shown), "what is cut keeps what tells it from the others"
    lines = page.evaluate(f"{LIVE}.charts.plot.data.filter(t => t.meta && t.meta.panel === 'trust').length")
    assert lines == 12, "two lines for each of six pairs"
    assert page.locator(".key").bounding_box()["height"] < 120
    snap(page, f"live-{n}-parties")


def test_the_busiest_pairs_are_drawn_and_others_on_demand(rings: str, visit: Callable[..., Any]) -> None:
    page = ready(visit(base=rings).open("/?case=ring-12&policy=quiet"))
    counted = page.evaluate(COUNTED)
    assert len(counted[0]) == 6
    assert min(counted[0]) >= max(counted[1])
    more = page.locator("#live-more-pairs")
    wanted = more.locator("option").nth(3).get_attribute("value")
    more.select_option(wanted)
    page.wait_for_function(f"name => {LIVE}.network.pairs.some(x => x.p.name === name)", arg=wanted)
    page.wait_for_function(
        f"{LIVE}.charts.plot.data.filter(t => t.meta && t.meta.panel === 'trust').length === 14"
    )
