"""How far an outcome spreads over seeds where some of it is not known."""

import numpy as np
import pytest

from detente.experiments.compare.lessons import seed_spread


def test_corners_with_one_known_seed_have_no_spread():
    """Of the corners the first has 1 and 3, the second one number, the third none."""
    nan = np.nan
    values = np.array([[1.0, 3.0, nan], [5.0, nan, nan], [nan, nan, nan]])
    assert seed_spread(values) == pytest.approx(np.sqrt(2.0))
    assert seed_spread(values[1:]) == 0.0
