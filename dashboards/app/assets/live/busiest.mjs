// Of many pairs those that fight most are drawn, and whichever the viewer asks for.

export const MOST = 8, FIRST = 6; // pairs that are all drawn; of more, the first so many

const asked = new Set(); // names of pairs that a viewer asked for

export function askFor(name) { asked.add(name); }

// The pairs that are drawn, the busiest first where there are many; in the order of the case where there are few.
export function busiest(run, about) {
  if (about.pairs.length <= MOST) return about.pairs;
  const attacks = p => about.dyads.filter(d => p.between.includes(d.source) && p.between.includes(d.target))
    .reduce((sum, d) => sum + run.col(`dyads.${d.name}.cum_attacks`)[run.rows - 1], 0);
  const order = about.pairs.map(p => ({ p, n: attacks(p) })).sort((a, b) => b.n - a.n).map(x => x.p);
  return order.filter((p, k) => k < FIRST || asked.has(p.name));
}
