"""What is kept over a step and over a tick: set before the first step, and anew for a last step that is shorter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import World

CONDUCT_DAYS = 5.0
"""Memory of conduct [days]; an exponential mean over it is as noisy as a plain one over twice as long."""

TOLL_DAYS = 1000.0
"""Memory of what a war takes while it is fought [days]."""

REARMING_DAYS = 540.0
"""Time in which a side that was disarmed rearms after an agreement failed [days]."""

WEEK_DAYS = 7.0
QUARTER_DAYS = 90.0


@rule
def set_rates(w: World) -> None:
    """Exponentials of parameters and step lengths."""
    r = w.rates
    step = w.clock.step_days
    tick = w.clock.tick_days
    r.keep_trust = math.exp(-step / w.par.trust.memory)
    r.keep_exhaustion = math.exp(-step / w.par.endurance.exhaustion_memory)
    r.keep_capital = math.exp(-step / w.par.endurance.capital_memory)
    r.keep_discontent = math.exp(-step / w.par.endurance.discontent_memory)
    r.keep_trend = math.exp(-step / w.par.endurance.trend_memory)
    r.keep_window = math.exp(-step / w.par.readiness.window_memory)
    r.keep_record = math.exp(-step / w.par.readiness.record_memory)
    r.keep_lag = math.exp(-step / w.par.readiness.lag)
    r.keep_standing = math.exp(-step / w.par.talks.standing_memory)
    r.keep_failure = math.exp(-step / w.par.talks.failure_memory)
    r.keep_disarmed = math.exp(-step / REARMING_DAYS)
    r.keep_view = math.exp(-step / w.par.settlement.view_memory)
    r.keep_level = math.exp(-step / w.par.violence.level_memory)
    r.keep_surge = math.exp(-step / w.par.violence.surge_memory)
    r.keep_fortune = math.exp(-step / w.par.endings.fortune_memory)
    r.keep_lull = math.exp(-step / w.par.endings.lull_days)
    r.keep_excitation = math.exp(-tick / w.par.violence.memory)
    r.keep_backlog = math.exp(-tick / w.par.violence.backlog_days)
    r.keep_conduct = math.exp(-tick / CONDUCT_DAYS)
    r.keep_week = math.exp(-tick / WEEK_DAYS)
    r.keep_toll = math.exp(-tick / TOLL_DAYS)
    r.keep_stale = math.exp(-tick / w.par.violence.stale_days)
    r.keep_quarter = math.exp(-tick / QUARTER_DAYS)
