"""The chain of lessons: what each of the essay's five lessons says, what it may cost, and the question it asks."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """One lesson, one idea: its name in the model, the words, a question about an outcome, and what comes with it.

    The reader predicts ``outcome`` before the runs are shown; ``also`` is the other side of it, a cost or what it buys.
    """

    lesson: str
    title: str
    idea: str
    cost: str
    outcome: str
    question: str
    also: str
    think: str


STEPS: tuple[Step, ...] = (
    Step(
        "recognition",
        "Recognise the adversary",
        "A party treated as a pariah may come to the table for what only its enemy can give: an office, a place off "
        "the sanctions list, a summit. Recognition costs nothing on the battlefield, and it says that talks are "
        "between equals.",
        "If it is given up early, there is less left to trade. Hawks at home object, and an ally left out of the "
        "room loses standing.",
        "tracks_opened",
        "With more recognition on offer, do the sides come to the table more often?",
        "reversals",
        "Recognition can be taken back, and that hurts trust more than giving it helped. Was recognition traded here, "
        "or spent? Choose half as much: does half of it bring half as much?",
    ),
    Step(
        "force-posture",
        "Put forces on the table",
        "Troops and exercises are bargaining chips. To discuss them is a signal, to suspend an exercise can be undone, "
        "to withdraw cannot.",
        "Presence also supports the weaker ally. Below some level the ally collapses, as in Kabul in August 2021.",
        "issues_settled",
        "If the patron is more willing to trade its forces, are more issues settled in talks?",
        "collapsed",
        "Choose half as much, and compare the share of runs that end in collapse. Then change the case: "
        "why does the same lever bring down an ally in Afghanistan, and none in Korea?",
    ),
    Step(
        "direct-channel",
        "Talk to the other side directly",
        "Those who decide sit across from each other. The essay argues that this achieves more in weeks than "
        "indirect talks achieve in years.",
        "It costs political capital, it leaves the ally out of the room, and a summit can fail in full view.",
        "ally_trust",
        "With a direct channel to the enemy, does the ally trust its patron more at the end?",
        "talk_days",
        "Who pays for the momentum? Ask whether a war ends when those who fight most of it were not in the room.",
    ),
    Step(
        "confidence-building",
        "Build confidence step by step",
        "Announce a step, make it, and invite an answer: a release of prisoners, a halt to tests, a truce of "
        "three days for a holiday. Answered steps grow.",
        "A step taken back hurts trust more than it helped. A pause in the fighting can be used to rearm.",
        "days_in_ceasefire",
        "With more measures and more offers of truce, are there more days of ceasefire?",
        "attacks",
        "More days of ceasefire need not mean fewer attacks over the whole run: postponed operations may come later.",
    ),
    Step(
        "parallel-tracks",
        "Keep several tracks open",
        "Each side names another as the one to talk to first. Proximity talks, backchannels and parallel tracks are "
        "ways around that, and an outside mediator carries them.",
        "Tracks can undercut each other, secrets leak, and a mediator may be biased or run short of leverage.",
        "issues_settled",
        "With more willingness for parallel tracks and mediation, are more issues settled in talks?",
        "talk_failures",
        "More talks are also more talks that fail. Go back to the second lesson, which asked the same: which lever "
        "settled more, and with which side effects?",
    ),
)
"""The lessons in the order of the essay."""
