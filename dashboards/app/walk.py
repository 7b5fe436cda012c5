"""The guided walk: what each of the essay's five lessons says, what it may cost, and a question to try out."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """One lesson, one idea: its name in the model, the words, the outcome to watch, and a question about it."""

    lesson: str
    title: str
    idea: str
    cost: str
    outcome: str
    question: str
    think: str


STEPS: tuple[Step, ...] = (
    Step(
        "recognition",
        "Recognise the adversary",
        "A party treated as a pariah may come to the table for what only its enemy can give: an office, a place off "
        "the sanctions list, a summit. Recognition costs nothing on the battlefield, and it says that talks are "
        "between equals.",
        "Given up front it is spent: there is less left to trade. Hawks at home object, and an ally left out of the "
        "room loses standing.",
        "measures",
        "With more recognition on offer, are more confidence-building measures given?",
        "A measure of recognition is itself one of them. Look at the endings too: does giving more change how it ends?",
    ),
    Step(
        "force-posture",
        "Put forces on the table",
        "Troops and exercises are bargaining chips. To discuss them is a signal, to suspend an exercise can be undone, "
        "to withdraw cannot.",
        "Presence also holds up the weaker ally. Past some point it gives way, all at once: in Kabul, in August 2021.",
        "final_presence",
        "With a patron readier to trade its posture, do more of its forces remain at the end?",
        "Move the lever slowly from 0 to 1, and watch the share of runs that end in collapse.",
    ),
    Step(
        "direct-channel",
        "Talk to the other side directly",
        "Those who decide sit across from each other. The essay holds that this brings more in weeks than go-betweens "
        "bring in years.",
        "It costs political capital, it leaves the ally out of the room, and a summit can fail in full view.",
        "issues_settled",
        "With a direct channel, are more issues settled in talks?",
        "Settled between whom? Ask whether the war between those who were not in the room ends with it.",
    ),
    Step(
        "confidence-building",
        "Build confidence step by step",
        "Announce a step, make it, and invite an answer: a release of prisoners, a halt to tests, a truce of "
        "three days for a holiday. Answered steps grow.",
        "A step taken back hurts trust more than it helped. A pause in the fighting can be used to rearm.",
        "days_in_ceasefire",
        "With more measures and more offers of truce, are there more days of ceasefire?",
        "More days of ceasefire need not mean fewer deaths over the whole run: operations put off may come later.",
    ),
    Step(
        "parallel-tracks",
        "Keep several tracks open",
        "Each side names another as the one to talk to first. Proximity talks, backchannels and parallel tracks are "
        "ways around that, and an outside mediator carries them.",
        "Tracks can undercut each other, secrets leak, and a mediator may be biased or run short of leverage.",
        "tracks_opened",
        "With more will for parallel tracks and mediation, do talks open more often?",
        "Opening is not settling. Compare the share of runs that settle, in whole or in part.",
    ),
)
"""The lessons in the order of the essay."""

ANSWERS = {"more": "yes, more", "less": "no, fewer or less", "same": "no clear difference"}
