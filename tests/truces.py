"""A world in which patron and foe cease fire, with round numbers for every parameter of ceasefires."""

from worlds import FOE_PATRON, PATRON_FOE, hold_fire, world

from detente.agents import codes

HERE, BACK = PATRON_FOE, FOE_PATRON  # the dyads of the pair that tests of ceasefires look at


def truce_world():
    """Patron and foe, with round numbers for every parameter of ceasefires."""
    w = world()
    vars(w.par.ceasefires).update(
        bloody=0.5,
        talking=0.7,
        holiday=0.8,
        lever_gain=3.0,
        answer=0.2,
        answer_breach=0.1,
        conduct=3.0,
        restraint=0.3,
        restraint_step=0.8,
        term_holiday=3.0,
        term_cessation=30.0,
        term_compliance=120.0,
        term_definitive=730.0,
        local=0.25,
        local_share=0.5,
        answer_days=10.0,
        chastened=0.6,
        chastened_days=21.0,
        hostile=0.2,
        slope=4.0,
        monitored=0.5,
        early_end=0.2,
        collapse_cessation=0.004,
        collapse_compliance=0.002,
        collapse_definitive=0.001,
    )
    w.par.trust.breach_level, w.par.trust.kept_day, w.par.trust.loss_aversion = 0.6, 0.04, 2.5
    w.par.endurance.discontent_normal = 0.2
    w.par.strategies.caution, w.par.strategies.reciprocity = 0.5, 2.0
    w.rates.offer_rate = 0.01
    return w


def in_force(w, since=5.0, until=50.0):
    """A truce of patron and foe, in force from one day until another."""
    hold_fire(w, HERE, BACK, since=since, until=until)
    pair = w.pairs[1]
    pair.truce_state, pair.truce_start, pair.truce_term = codes.IN_FORCE, since, until - since
    return pair


def weigh_adherence(w):
    """Ceasefires that hold or never take hold, with weights that can be told apart; no side ceases alone."""
    w.par.switches.adherence = 1
    w.par.ceasefires.unilateral = 0.0
    vars(w.par.ceasefires).update(
        holds_cut=1.7,
        held=0.05,
        tolerated=0.3,
        ready=4.0,
        watched=0.6,
        class_step=1.1,
        brief=1.5,
        signed=3.0,
        scheming=2.0,
        agreed_truce=2.0,
    )
    w.par.violence.dispersion = 5.0
    return w
