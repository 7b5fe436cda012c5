"""What models, runs and ensembles show of themselves in a notebook."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import detente

pytestmark = pytest.mark.mesa


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
    violence, trust = drawings(html)
    line = next(part for part in trust.iter("polyline"))
    assert len(line.attrib["points"].split()) == 21
    assert next(part for part in violence.iter("path")).attrib["d"].count("M") == 1, "one month so far"


def test_a_model_says_who_is_in_it_and_what_was_set_before_its_first_step():
    html = detente.PeaceProcess("korea-2017", "status-quo", rng=4, direct_channel=0.75)._repr_html_()
    assert "direct channel 0.75" in html
    assert re.search(r"North Korea.* · .*China", html)
    assert "Nothing has happened yet" in html
    assert drawings(html) == []


def test_attacks_by_month_add_up():
    import pandas as pd

    from detente.dashboards.figures.portrait import monthly

    days = pd.DatetimeIndex(["2018-01-01", "2018-01-20", "2018-02-03", "2018-04-01"])
    assert monthly(days, [0, 5, 7, 9]).tolist() == [5, 2, 0, 2]


def test_a_run_shows_its_deaths_by_month_and_its_trust(run):
    from detente.experiments.runs.run import by_month, mean_trust

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
        assert f"{share * 100:.0f} %" in html, reason


def test_an_ensemble_whose_attacks_kill_nobody_counts_provocations(compiled):
    made = detente.ensemble("korea-2017", "status-quo", runs=8)
    html = made._repr_html_()
    assert "deaths" not in html
    assert f"<b>{made.outcomes['attacks'].median():,.3g}</b>" in html


def test_a_comparison_shows_its_policies_and_how_their_runs_ended(compiled):
    made = detente.compare("template", ["status-quo", "five-lessons"], runs=12)
    html = made._repr_html_()
    assert plain(html)
    table = ET.fromstring(re.search(r"<table.*</table>", html, flags=re.S).group())
    rows = [[" ".join(cell.itertext()) for cell in row] for row in table][1:]
    assert [row[0] for row in rows] == ["status-quo", "five-lessons"]
    for row, one in zip(rows, made.ensembles, strict=True):
        assert row[1] == f"{one.outcomes['deaths_per_day'].median():,.3g}"
        assert all(f"{share * 100:.0f} %" in row[-1] for share in one.endings().values())


def test_words_alone_where_nothing_draws(run, monkeypatch):
    from detente.model import drawing

    monkeypatch.setattr(drawing, "entry_points", lambda **_: [])
    assert run._repr_html_() == "<pre>" + repr(run).replace("<", "&lt;").replace(">", "&gt;") + "</pre>"
