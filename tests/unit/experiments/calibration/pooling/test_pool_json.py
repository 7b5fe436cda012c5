"""``detente calibrate --pool --json``: one schema."""

import json

from detente.experiments.calibration.pooling.pool import Pooled
from detente.experiments.runs.pooled_posterior import pooled_posterior

PLAIN = {
    "posterior",
    "version",
    "rules_digest",
    "table_sha256",
    "without",
    "draws",
    "left_out",
    "seed",
    "method",
}
ROWS = {
    "parameters": {
        *("parameter", "meaning", "prior_low", "prior_high", "shipped", "low80", "median", "high80"),
        *("in_pool", "width", "state", "pooled_in_folds", "rank_p", "skill"),
        *("within50", "within80", "within95"),
    },
    "theories": {
        *("theory", "weight", "weight_if_true", "weight_if_false", "first_if_true", "largest_gap", "truths"),
    },
    "mechanisms": {
        *("mechanism", "chance_off", "chance_if_off", "chance_if_on", "told_apart", "truths_off"),
    },
    "methods": {"method", "parameters", "truths", "skill", "uneven", "gap50", "gap80", "gap95"},
    "summaries": {
        *("summary", "meaning", "conflicts", "observed", "prior_median", "median", "low95", "high95"),
        *("inside", "inside80", "inside95", "used"),
    },
    "conflicts": {"conflict", "summaries", "effective_size_without", "not_reproduced"},
}


def test_json_has_one_schema():
    plain = json.loads(json.dumps(Pooled(pooled_posterior()).to_json(), allow_nan=False))
    assert set(plain) == {*PLAIN, *ROWS, "truths"}
    for table, columns in ROWS.items():
        assert set(plain[table][0]) == columns, table
