"""A party and a mediator of one's own, in Python: `python docs/examples/own_actors.py` (docs/own-actors.md)."""

from typing import Any

import detente


class DeedsFirst(detente.Party):
    """Deeds before words: offers no truce until the other side has taken a costly step, then three times as many."""

    def offer_truce(self, dyad: Any) -> float:
        """Hazard of offering a truce [1/day]: 0 is never, infinity at once."""
        steps = [m.given_size for m in self.world.measures if m.dyad == dyad.reverse]
        return 3.0 * super().offer_truce(dyad) if max(steps, default=0.0) > 0.0 else 0.0


class FirstAid(detente.Mediator):
    """Goes where talks have just failed."""

    def weigh_pair(self, link: Any) -> float:
        """How much it wants to work on a pair [logit against staying out]."""
        return super().weigh_pair(link) + 2.0 * self.world.pairs[link.pair].failure


ACTORS: dict[str, Any] = {"movement": DeedsFirst, "neighbour": FirstAid}


def main(runs: int = 40) -> Any:
    """Compare the template's own actors with these, under the same luck."""
    settings: dict[str, Any] = {"policy": "five-lessons", "runs": runs}
    stock = detente.ensemble("template", **settings)
    own = detente.ensemble("template", actors=ACTORS, **settings)
    wanted = ["ceasefire_offers", "ceasefires", "days_in_ceasefire", "fatalities"]
    return (own.outcomes[wanted] - stock.outcomes[wanted]).agg(["mean", "sem"]).round(2)


if __name__ == "__main__":
    print(main())
