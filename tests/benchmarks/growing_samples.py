"""Does a sample that grows by one ever drop anybody, and are sizes exact?

    python tests/benchmarks/growing_samples.py            # 100,000 random frames
    python tests/benchmarks/growing_samples.py 2000       # fewer, as the tests do

Each frame has random strata. Its sample is divided by the rule and by a second calculation that
looks at every stratum's fraction at every step; then it grows by one. The members drawn are the
first of one order in each stratum, so nobody is dropped exactly where no size becomes smaller.
"""

import random
import sys
from fractions import Fraction

from assessor_kit.sampling.sizes import merged_strata, neyman_sizes, proportional_sizes


def plainly(counts, size, claim):
    """Divide a size by looking at every claim, as the definition says."""
    sizes = {
        name: min(2, size if len(counts) == 1 else 2, number) for name, number in counts.items()
    }
    while sum(sizes.values()) < size:
        names = [name for name in counts if sizes[name] < counts[name]]
        best = max(claim(name, sizes[name]) for name in names)
        sizes[min(name for name in names if claim(name, sizes[name]) == best)] += 1
    return sizes


def random_frame(chance):
    """Return the counts of strata, some of them tiny, and the spread of each."""
    names = [f"s{number}" for number in range(chance.randint(1, 8))]
    largest = chance.choice((3, 12, 60, 400))
    counts = {name: chance.randint(1, largest) for name in names}
    spread = {name: Fraction(chance.randint(1, 500), 1000) for name in names}
    return counts, spread


def joined(counts, groups):
    made = {}
    for name, number in counts.items():
        made[groups[name]] = made.get(groups[name], 0) + number
    return made


def check_frames(number, *, seed=1):
    """Check so many frames; return how many grew, how many dropped somebody, how many differed."""
    chance = random.Random(seed)
    grown = dropped = inexact = 0
    for _ in range(number):
        counts, spread = random_frame(chance)
        total = sum(counts.values())
        size = chance.randint(1, min(total, 90))
        counts = joined(counts, merged_strata(counts, size=size))
        spread = {name: spread[name.partition(" ")[0]] for name in counts}
        webster = proportional_sizes(counts, size=size)
        neyman = neyman_sizes(counts, size=size, spread=spread)
        inexact += webster != plainly(
            counts, size, lambda name, taken, n=counts: Fraction(n[name], 2 * taken + 1)
        )
        inexact += neyman != plainly(
            counts,
            size,
            lambda name, taken, n=counts, s=spread: (
                (n[name] * s[name]) ** 2 / Fraction(taken * (taken + 1) or 1)
            ),
        )
        if size == total:
            continue
        grown += 1
        larger = (
            proportional_sizes(counts, size=size + 1),
            neyman_sizes(counts, size=size + 1, spread=spread),
        )
        dropped += any(
            after[name] < before[name]
            for before, after in zip((webster, neyman), larger, strict=True)
            for name in counts
        )
    return {"grown": grown, "dropped": dropped, "inexact": inexact}


if __name__ == "__main__":
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    found = check_frames(frames)
    print(f"{frames:,} random frames, {found['grown']:,} of which could grow by one:")
    print(f"  somebody was dropped in {found['dropped']}")
    print(f"  sizes differed from exact fractions in {found['inexact']}")
    sys.exit(bool(found["dropped"] or found["inexact"]))
