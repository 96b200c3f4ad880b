"""Agreement coefficients compared with published values."""

import numpy as np
import pandas as pd
import pytest

from assessor_kit.moderation import gwet_ac1, krippendorff_alpha, raw_agreement

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, sections C and D: four observers,
# twelve units, marks missing.
N = None
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
MARKS = pd.DataFrame(np.array(OBSERVERS, dtype=object).T)
LEVELS = [1, 2, 3, 4, 5]


def test_alpha_is_the_published_one():
    assert krippendorff_alpha(MARKS, LEVELS, ordinal=False) == pytest.approx(0.743421, abs=1e-6)
    assert krippendorff_alpha(MARKS, LEVELS, ordinal=True) == pytest.approx(0.815388, abs=1e-6)


def test_ac1_is_the_published_one():
    # Gwet's irrCAC documentation, the same data: AC1 0.77544
    assert gwet_ac1(MARKS, LEVELS) == pytest.approx(0.77544, abs=1e-5)


def test_full_agreement_on_one_level_cannot_be_told_from_chance_by_alpha_and_can_by_ac1():
    marks = pd.DataFrame({"first": ["sound"] * 9, "second": ["sound"] * 9})
    assert raw_agreement(marks, ["strong", "sound"]) == 1
    assert gwet_ac1(marks, ["strong", "sound"]) == 1
    assert np.isnan(krippendorff_alpha(marks, ["strong", "sound"]))
