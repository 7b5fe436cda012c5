// How kinds of event are marked on the date axis and in the chronicle: lane, symbol, tone, and whether it is small talk.
export const LANES = ["Moves", "Talks", "Measures", "Ceasefires"];

const mark = (lane, symbol, tone, minor = false) => ({ lane, symbol, tone, minor });

export const MARKS = {
  move_imposed: mark("Moves", "diamond", "ink", true), move_blocked: mark("Moves", "diamond-open", "ink"),
  lever_set: mark("Moves", "square", "ink"), context_changed: mark("Moves", "star", "ink"),
  drawdown: mark("Moves", "triangle-down", "ink"), mediator_engaged: mark("Moves", "triangle-up-open", "talks"),
  mediator_left: mark("Moves", "triangle-down-open", "talks"), party_collapsed: mark("Moves", "hexagram", "bad"),
  track_opened: mark("Talks", "circle", "talks"), issue_settled: mark("Talks", "circle-open", "talks"),
  track_failed: mark("Talks", "x", "bad"), leak: mark("Talks", "triangle-down", "spoilers"),
  track_concluded: mark("Talks", "square", "talks"), package_refused: mark("Talks", "x-open", "bad"),
  agreement: mark("Talks", "star", "good"), relapse: mark("Talks", "x", "bad"),
  measure_given: mark("Measures", "circle", "measures"), measure_answered: mark("Measures", "circle-open", "measures"),
  measure_unmet: mark("Measures", "line-ns-open", "quiet", true), measure_reversed: mark("Measures", "x", "bad"),
  promise_broken: mark("Measures", "x", "bad"), measure_narrowed: mark("Measures", "x-open", "bad"),
  truce_offered: mark("Ceasefires", "circle-open", "good"), truce_began: mark("Ceasefires", "circle", "good"),
  truce_lapsed: mark("Ceasefires", "line-ns-open", "quiet"), truce_expired: mark("Ceasefires", "square-open", "good"),
  truce_extended: mark("Ceasefires", "triangle-right", "good"), truce_collapsed: mark("Ceasefires", "x", "bad"),
  breach: mark("Ceasefires", "line-ns-open", "bad", true), breach_answered: mark("Ceasefires", "line-ns-open", "good", true),
  offensive: mark("Ceasefires", "triangle-up-open", "bad"), peacekeepers: mark("Moves", "cross", "talks"),
  spoiler_strike: mark(null, "line-ns-open", "spoilers", true),
};

export const markOf = kind => MARKS[kind] || mark(null, "circle", "quiet");
