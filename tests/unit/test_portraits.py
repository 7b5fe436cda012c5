"""What models, runs and ensembles show of themselves in a notebook."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import detente


def drawings(html: str) -> list[ET.Element]:
    """The drawings inside a portrait, parsed: so they are well formed."""
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, flags=re.S)]


def plain(html: str) -> bool:
    return "<script" not in html and "http" not in html and "url(" not in html


@pytest.fixture(scope="module")
def run():
    return detente.run("template", "status-quo", seed=4, engine="mesa")


def test_a_model_shows_where_it_stands_and_goes_on_as_before():
    one = detente.PeaceProcess("template", "status-quo", rng=4, keep_trajectory=True)
    two = detente.PeaceProcess("template", "status-quo", rng=4, keep_trajectory=True)
    for _ in range(20):
        one._repr_html_()
        one.step()
        two.step()
    assert one.trajectory().sha256 == two.trajectory().sha256
    html = one._repr_html_()
    assert plain(html)
    assert len(html) < 20_000
    assert one.date.isoformat() in html
    assert "not a forecast" in html
    (drawing,) = drawings(html)
    line = next(part for part in drawing.iter("polyline"))
    assert len(line.attrib["points"].split()) == 21


def test_a_run_shows_its_deaths_by_month_and_its_trust(run):
    from detente.experiments.portrait import by_month, mean_trust

    html = run._repr_html_()
    assert plain(html)
    assert len(drawings(html)) == 2
    assert f"{run.outcomes['fatalities']:,.0f}" in html
    months = by_month(run, "tally.fatalities")
    cumulative = run.series["tally.fatalities"]
    for date, value in months.itertuples(index=False):
        after = date + np.timedelta64(32, "D")
        end = cumulative[after.replace(day=1)]
        assert value == pytest.approx(end - cumulative[date])
    assert mean_trust(run)["value"].iloc[-1] == pytest.approx(run.outcomes["final_trust"])


def test_a_case_whose_attacks_kill_nobody_counts_provocations():
    html = detente.run("korea-2017", "status-quo", seed=1, engine="mesa")._repr_html_()
    assert "provocations a month" in html
    assert "deaths" not in html


def test_an_ensemble_shows_its_fans_and_how_its_runs_ended(compiled):
    made = detente.ensemble("template", "status-quo", runs=12)
    html = made._repr_html_()
    assert plain(html)
    assert len(html) < 60_000
    assert len(drawings(html)) == 2
    for reason, share in made.endings().items():
        assert f"{share:.0%}" in html, reason


def test_words_alone_where_nothing_draws(run, monkeypatch):
    from detente.experiments import views

    monkeypatch.setattr(views, "entry_points", lambda **_: [])
    assert run._repr_html_() == "<pre>" + repr(run).replace("<", "&lt;").replace(">", "&gt;") + "</pre>"
