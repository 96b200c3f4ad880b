"""Invented returns and assessors of any number, for benchmarks and long tests of the allocation."""

import numpy as np
import pandas as pd

FIELDS = tuple(f"field {number}" for number in range(12))


def made_case(returns, assessors, *, seed, per_return=1.2, fields=12, employers=300, spare=1.15):
    """Return tables of returns and assessors with `spare` times the places that are needed."""
    chance = np.random.default_rng(seed)
    weights = 1 / np.arange(1, fields + 1)
    sent = pd.DataFrame(
        {
            "return_id": [f"r{place:06d}" for place in range(returns)],
            "member_no": [f"{place:08d}" for place in range(returns)],
            "discipline": chance.choice(FIELDS[:fields], returns, p=weights / weights.sum()),
            "employer": [f"Employer {one} Ltd" for one in chance.integers(0, employers, returns)],
        }
    )
    mean = max(1.0, returns * per_return * spare / assessors)
    capacity = np.maximum(1, np.rint(mean * chance.uniform(0.5, 1.5, assessors)).astype(int))
    people = pd.DataFrame(
        {
            "assessor_id": [f"A{place:05d}" for place in range(assessors)],
            "member_no": [
                f"{int(one)}" if one < returns else ""
                for one in chance.integers(0, 2 * returns, assessors)
            ],
            "disciplines": [
                "; ".join(
                    chance.choice(
                        FIELDS[:fields], min(3, fields), replace=False, p=weights / weights.sum()
                    )
                )
                for _ in range(assessors)
            ],
            "employer": [
                f"EMPLOYER {one} LIMITED" for one in chance.integers(0, employers, assessors)
            ],
            "capacity": capacity,
            "conflicts": [f"{int(one):08d}" for one in chance.integers(0, returns, assessors)],
        }
    )
    return sent, people
