"""The network of Mesa's page: parties with their state and what they would do, pairs with what holds between them."""

import math

from detente.dashboards.mesa_network import AHEAD, MOST_TOLD, network
from detente.experiments.runs.run import run


def test_a_network_holds_the_numbers_of_the_last_day() -> None:
    made = run("template", "five-lessons", seed=3, engine="mesa")
    found = network(made, [])
    assert [p["name"] for p in found["parties"]] == list(made.start.cast.parties)
    assert all(math.isclose(p["x"] ** 2 + p["y"] ** 2, 1, abs_tol=1e-3) for p in found["parties"])
    facts = dict(map(tuple, found["parties"][0]["facts"]))
    assert facts["political capital"] == f"{made.trajectory.series('parties.republic.capital')[-1]:.2f}"
    assert (
        facts["trust in The Movement"] == f"{made.trajectory.series('dyads.republic>movement.trust')[-1]:.2f}"
    )
    (link,) = found["links"]
    both = [
        made.trajectory.series(f"dyads.{name}.cum_attacks")
        for name in ("republic>movement", "movement>republic")
    ]
    assert math.isclose(link["attacks"], sum(s[-1] - s[-29] for s in both))
    assert link["words"].startswith("The Republic and The Movement: trust ")


def test_a_party_tells_what_it_would_do_the_likeliest_first() -> None:
    made = run("template", "five-lessons", seed=3, engine="mesa")
    choices = made.start.cast.choices
    hazards = [0.001 * (k + 1) for k in range(len(choices))]
    (party, _) = network(made, hazards)["parties"]
    own = [k for k, name in enumerate(choices) if name.startswith("republic:")]
    likeliest = 1 - math.exp(-hazards[own[-1]] * AHEAD)
    assert party["would"][0][1] == f"{100 * likeliest:.0f} %"
    assert len(party["would"]) == min(MOST_TOLD, len(own))
    assert not [words for words, _ in party["would"] if "republic" in words or "_" in words]
    assert network(made, [0.0] * len(choices))["parties"][0]["would"] == []
