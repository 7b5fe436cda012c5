/* The stages luck, violence and trust in C, written for this test from the equations of the rules, on the same records.

   records.h is written by the test from the declarations of the records, parameters and codes. */

#include <math.h>
#include <stdint.h>
#include "records.h"

#define AHEAD 64
#define WORD 0xFFFFFFFFu

static double least(double x, double y) { return x < y ? x : y; }
static double most(double x, double y) { return x > y ? x : y; }
static double within(double x, double low, double high) { return least(most(x, low), high); }

/* -- luck */

static double uniform(uint32_t high, uint32_t low)
{
    return ((double)(int64_t)((uint64_t)high << 20 | low >> 12) + 0.5) * UNIT;
}

static void draw(uint32_t *counter, uint32_t k0, uint32_t k1)
{
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)MULTIPLIER_0 * counter[0];
        uint64_t p1 = (uint64_t)MULTIPLIER_1 * counter[2];
        counter[0] = (uint32_t)(p1 >> 32) ^ counter[1] ^ k0;
        counter[1] = (uint32_t)p1;
        counter[2] = (uint32_t)(p0 >> 32) ^ counter[3] ^ k1;
        counter[3] = (uint32_t)p0;
        k0 += (uint32_t)WEYL_0;
        k1 += (uint32_t)WEYL_1;
    }
}

static double event_uniform(const Clock *c, int64_t lo, int64_t hi, int64_t k)
{
    uint32_t words[4] = {(uint32_t)c->tick, (uint32_t)(EVENT_PURPOSE + k), (uint32_t)lo, (uint32_t)hi};
    draw(words, (uint32_t)c->seed_lo, (uint32_t)c->seed_hi);
    return uniform(words[0], words[1]);
}

/* The draws of AHEAD ticks of one record: 2 uniforms from each of its blocks, in planes of AHEAD. */
static void fill_plane(double *restrict even, double *restrict odd, const Clock *c, int64_t block, int64_t lo, int64_t hi)
{
    const uint32_t first = (uint32_t)c->tick, seed0 = (uint32_t)c->seed_lo, seed1 = (uint32_t)c->seed_hi;
    for (int i = 0; i < AHEAD; i++) {
        uint32_t c0 = first + (uint32_t)i, c1 = (uint32_t)(TICK_PURPOSE + block), c2 = (uint32_t)lo, c3 = (uint32_t)hi;
        uint32_t k0 = seed0, k1 = seed1;
        for (int round = 0; round < 10; round++) {
            uint64_t p0 = (uint64_t)MULTIPLIER_0 * c0, p1 = (uint64_t)MULTIPLIER_1 * c2;
            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)p1;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)p0;
            k0 += (uint32_t)WEYL_0;
            k1 += (uint32_t)WEYL_1;
        }
        even[i] = uniform(c0, c1);
        odd[i] = uniform(c2, c3);
    }
}

typedef struct {
    int64_t start;
    double *planes;
} Book;

/* Copy the tick's row of one record, drawing AHEAD ticks first when the page is turned. */
static double *take(const Clock *c, double *page, int64_t at, double *row, int n, int64_t lo, int64_t hi)
{
    if (at == 0)
        for (int j = 0; j < n; j += 2)
            fill_plane(page + j * AHEAD, page + (j + 1) * AHEAD, c, j / 2, lo, hi);
    for (int j = 0; j < n; j++)
        row[j] = page[j * AHEAD + at];
    return page + n * AHEAD;
}

#define ROW(record) (int)(sizeof((record)->tick_luck) / sizeof(double))

static void luck(World *w, Book *book)
{
    int64_t at = (w->clock->tick - book->start) % AHEAD;
    double *page = book->planes;
    for (int64_t i = 0; i < w->n_dyads; i++) {
        Dyad *d = &w->dyads[i];
        if (d->hostile == 1)
            page = take(w->clock, page, at, d->tick_luck, ROW(d), d->key_lo, d->key_hi);
    }
    for (int64_t i = 0; i < w->n_targets; i++) {
        Target *t = &w->targets[i];
        page = take(w->clock, page, at, t->tick_luck, ROW(t), t->key_lo, t->key_hi);
    }
    for (int64_t i = 0; i < w->n_pairs; i++) {
        Pair *p = &w->pairs[i];
        if (p->hostile == 1)
            page = take(w->clock, page, at, p->tick_luck, ROW(p), p->key_lo, p->key_hi);
    }
}

/* -- what the stages share */

static Day *today(World *w)
{
    int64_t day = (int64_t)w->clock->day;
    return &w->days[day < w->n_days ? day : w->n_days - 1];
}

static int holds_fire(const World *w, const Dyad *d)
{
    return d->truce_from <= w->clock->day && w->clock->day < d->truce_until;
}

static double season_factor(World *w)
{
    return most(1.0 + w->clock->season_strength * (today(w)->season - 1.0), LEAST_SEASON);
}

static double chance(double hazard, double days)
{
    return hazard <= 0.0 || days <= 0.0 ? 0.0 : -expm1(-hazard * days);
}

static void note(World *w, int64_t actor_kind, int64_t actor, int64_t victim, int64_t why, double deaths)
{
    int64_t n = w->clock->n_events;
    if (n >= w->n_events) {
        w->clock->event_overflow = 1;
        return;
    }
    w->events[n] = (Event){
        .day = w->clock->day, .stage = w->clock->stage, .what = SPOILER_STRIKE, .actor_kind = actor_kind,
        .actor = actor, .other_kind = PARTY, .other = victim, .subject = NOBODY, .why = why, .value = deaths,
        .form = NOBODY, .since = -1.0,
    };
    w->clock->n_events = n + 1;
}

/* -- violence: what is asked */

static double strength(const World *w, double morale, double support, double presence)
{
    double lent = 0.0;
    if (presence > 0.0)
        lent = support * exp(w->par->leverage.returns * log(presence));
    return most(morale + lent, 1e-3);
}

static double truce_factor(const World *w, const PartyState *source, const Dyad *d)
{
    if (!holds_fire(w, d))
        return 1.0;
    double covered = w->pairs[d->pair].truce_scope == LOCAL_SCOPE ? w->par->ceasefires.local_share : 1.0;
    double restraint = d->truce_restraint;
    if (w->clock->day < d->chastened_until)
        restraint *= w->par->ceasefires.chastened;
    return 1.0 - covered * source->discipline * (1.0 - restraint);
}

static double exposure(const World *w, const Dyad *d)
{
    const PartyState *j = &w->parties[d->target];
    if (w->par->switches.leverage == 0 || j->patron == NOBODY || holds_fire(w, d))
        return 0.0;
    const PartyState *patron = &w->parties[j->patron];
    double free = 1.0;
    if (patron->main_foe == d->source && patron->foe_dyad != NOBODY)
        free = truce_factor(w, patron, &w->dyads[patron->foe_dyad]);
    double shield = strength(w, j->morale, j->support * free, patron->presence);
    double full = strength(w, j->morale_full, j->support, patron->presence_start);
    return shield == full ? 0.0 : log(full / shield);
}

static double escalation(const World *w, const Dyad *d)
{
    const PartyState *source = &w->parties[d->source];
    const Pair *pair = &w->pairs[d->pair];
    double talking = pair->talking == 1 && !holds_fire(w, d) ? 1.0 : 0.0;
    double position = d->lethal == 1 ? w->par->violence.talk_and_fight : -w->par->violence.talk_and_hold;
    double unruly = (1.0 - w->par->endurance.discontent_normal) - source->discipline;
    double heat = w->par->violence.failed_talks * pair->failure + position * talking
        + w->par->violence.discontent_heat * unruly;
    double exposed = exposure(w, d);
    heat += w->par->violence.pressed * exposed;
    if (source->strategy == OPPORTUNIST) {
        double open_flank = holds_fire(w, &w->dyads[d->reverse]) && !holds_fire(w, d) ? 1.0 : 0.0;
        heat += w->par->strategies.advantage * (open_flank + exposed);
    }
    return heat;
}

static double threat(const World *w)
{
    double nearest = 0.0;
    for (int64_t i = 0; i < w->n_pairs; i++) {
        const Pair *p = &w->pairs[i];
        if (p->truce_state == IN_FORCE && holds_fire(w, &w->dyads[p->ab]) && holds_fire(w, &w->dyads[p->ba]))
            nearest = most(nearest, exp(-(w->clock->day - p->truce_start) / w->par->spoilers.patience));
    }
    for (int64_t i = 0; i < w->n_tracks; i++) {
        const Track *t = &w->tracks[i];
        if (t->is_open == 1)
            nearest = most(nearest, t->visibility * (double)t->n_settled / (double)t->n_issues);
    }
    return nearest;
}

/* -- violence: what happens */

static int64_t count(double mean, double shape, double u)
{
    if (u <= 1.0 - mean)
        return 0;
    double p = exp(-shape * log1p(mean / shape));
    double odds = mean / (mean + shape), cumulative = p;
    int64_t n = 0;
    while (u > cumulative && n < MAX_EVENTS) {
        p = p * odds * ((double)n + shape) / (double)(n + 1);
        n++;
        cumulative += p;
        if (p < 1e-17 && (double)n > mean)
            break;
    }
    return n;
}

static double event_size(const World *w, double u, double scale)
{
    double x = scale * (exp(-log1p(-u) / w->par->violence.tail) - 1.0);
    return least(1.0 + floor(x), w->par->violence.max_deaths);
}

static double deaths_of(World *w, const double *row, int64_t lo, int64_t hi, double size_scale, int64_t n)
{
    double scale = size_scale * today(w)->severity, deaths = 0.0;
    for (int64_t k = 0; k < n; k++) {
        double u = k < N_EVENT_SIZES ? row[U_SIZE + k] : event_uniform(w->clock, lo, hi, k);
        deaths += event_size(w, u, scale);
    }
    return deaths;
}

static double rearmament(World *w, const Dyad *d)
{
    const Pair *pair = &w->pairs[d->pair];
    if (pair->hostile_purpose != (d->index == pair->ab ? 1 : 2) || pair->truce_state != IN_FORCE)
        return 0.0;
    w->tally->rearming_days += w->clock->tick_days;
    return w->par->ceasefires.rearm;
}

static void fight(World *w, Dyad *d)
{
    const PartyState *source = &w->parties[d->source];
    double limit = w->par->violence.heat_limit, days = w->clock->tick_days;
    double season = season_factor(w), present = 1.0;
    if (source->presence_start > 0.0)
        present = 1.0 - w->par->leverage.withdrawn * (1.0 - source->presence / source->presence_start);
    double active = (1.0 - d->suspended) * present;
    d->rate = (d->mu * season * exp(within(d->heat, -limit, limit)) + d->excitation) * active;
    d->restraint_holiday = 1.0 - d->observes * (1.0 - today(w)->holiday);
    double truce = truce_factor(w, source, d), released = 0.0;
    d->restraint = d->restraint_holiday * truce;
    if (truce < 1.0) {
        d->backlog += (w->par->violence.put_off * (1.0 - truce) + rearmament(w, d)) * d->rate * days;
    } else if (d->restraint_holiday >= 1.0) {
        released = d->backlog * (1.0 - w->rates->keep_backlog);
        d->backlog -= released;
    }
    double mean = d->restraint * d->rate * days + released * active;
    int64_t n = count(mean, w->par->violence.dispersion * days, d->tick_luck[U_COUNT]);
    d->attacks = (double)n;
    d->deaths = d->lethal == 1 ? deaths_of(w, d->tick_luck, d->key_lo, d->key_hi, d->size_scale, n) : 0.0;
}

static void strike(World *w, Target *t)
{
    SpoilerState *s = &w->spoilers[t->spoiler];
    double days = w->clock->tick_days;
    double provoked = w->par->switches.spoilers == 1 ? w->par->spoilers.provoked * s->threat : 0.0;
    double mean = t->lbar * season_factor(w) * (provoked > 0.0 ? exp(provoked) : 1.0) * days;
    int64_t n = count(mean, w->par->violence.dispersion * days, t->tick_luck[U_COUNT]);
    t->attacks = (double)n;
    if (n == 0)
        return;
    double deaths = deaths_of(w, t->tick_luck, t->key_lo, t->key_hi, t->size_scale, n);
    s->cum_attacks += t->attacks;
    w->parties[t->victim].losses += deaths;
    w->tally->spoiler_attacks += t->attacks;
    if (provoked > 0.0)
        w->tally->provoked_attacks += t->attacks;
    w->tally->fatalities += deaths * w->clock->deaths_scale;
    if (provoked > 0.0 && s->threat >= NOTABLE_THREAT && deaths >= NOTABLE_DEATHS)
        note(w, SPOILER, s->index, t->victim, NEAR_PEACE, deaths);
}

static void spoil_from_inside(World *w, const FactionState *f)
{
    const PartyState *party = &w->parties[f->party];
    if (w->par->switches.spoilers == 0 || party->foe_dyad == NOBODY)
        return;
    Dyad *d = &w->dyads[party->foe_dyad];
    if (!holds_fire(w, d))
        return;
    double hazard = w->par->spoilers.inside * f->share * f->hawkishness * f->discontent * (1.0 - d->suspended);
    double u = event_uniform(w->clock, f->key_lo, f->key_hi, 0);
    if (u >= chance(hazard, w->clock->tick_days))
        return;
    double v = event_uniform(w->clock, f->key_lo, f->key_hi, 1);
    double deaths = (double)d->lethal * event_size(w, v, d->size_scale * today(w)->severity);
    d->attacks += 1.0;
    w->tally->inside_attacks += 1.0;
    d->deaths += deaths;
    note(w, FACTION, f->index, d->target, INSIDE, deaths);
}

static void count_losses(World *w, Dyad *d)
{
    w->parties[d->target].losses += d->deaths;
    d->step_attacks += d->attacks;
    d->step_deaths += d->deaths;
    d->cum_attacks += d->attacks;
    double rate = d->deaths / w->clock->tick_days;
    d->deaths_week = rate + (d->deaths_week - rate) * w->rates->keep_week;
    d->deaths_quarter = rate + (d->deaths_quarter - rate) * w->rates->keep_quarter;
    w->tally->attacks += d->attacks;
    if (w->clock->day - w->pairs[d->pair].ceased_day < AFTERMATH_DAYS)
        w->tally->aftermath += d->attacks;
    w->tally->fatalities += d->deaths * w->clock->deaths_scale;
}

static void violence(World *w)
{
    for (int64_t i = 0; i < w->n_dyads; i++)
        if (w->dyads[i].hostile == 1)
            w->dyads[i].heat = escalation(w, &w->dyads[i]);
    for (int64_t i = 0; i < w->n_spoilers; i++)
        w->spoilers[i].threat = threat(w);
    for (int64_t i = 0; i < w->n_dyads; i++)
        if (w->dyads[i].hostile == 1)
            fight(w, &w->dyads[i]);
    for (int64_t i = 0; i < w->n_targets; i++)
        strike(w, &w->targets[i]);
    for (int64_t i = 0; i < w->n_factions; i++)
        spoil_from_inside(w, &w->factions[i]);
    for (int64_t i = 0; i < w->n_dyads; i++)
        if (w->dyads[i].hostile == 1)
            count_losses(w, &w->dyads[i]);
}

/* -- trust */

static void trust(World *w)
{
    if (w->par->switches.trust == 0)
        return;
    for (int64_t i = 0; i < w->n_dyads; i++) {
        Dyad *d = &w->dyads[i];
        d->kept = d->prior_kept + (d->kept - d->prior_kept) * w->rates->keep_trust;
        d->broken = d->prior_broken + (d->broken - d->prior_broken) * w->rates->keep_trust;
        d->trust = d->kept / (d->kept + d->broken);
        d->record *= w->rates->keep_record;
    }
}

/* Carry out the stages asked for, for so many ticks from where the clock stands. */
void run_stages(World *w, double *planes, int64_t which, int64_t ticks)
{
    Book book = {w->clock->tick, planes};
    for (int64_t k = 0; k < ticks; k++) {
        w->clock->day = (double)w->clock->step * w->clock->step_days;
        if (which & 1)
            luck(w, &book);
        if (which & 2)
            violence(w);
        if (which & 4)
            trust(w);
        w->clock->tick++;
        w->clock->step++;
    }
}
