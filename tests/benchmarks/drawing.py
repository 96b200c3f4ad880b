"""How long a draw and a commitment take, beside a bare loop over the same texts in the same run.

    python tests/benchmarks/drawing.py                    # 1 million members, three times
    python tests/benchmarks/drawing.py 10000000 --draw    # only the draw, and its memory

Targets: drawing at most 1.5 times the loop and committing at most 3 times; 10 million members in
less than 4 GB, at most 12 times the time of 1 million.
"""

import hashlib
import os
import resource
import sys
import time

from assessor_kit.sampling.leaves import SALT_BYTES, blinded_leaves, merkle_root, sorted_leaves
from assessor_kit.sampling.tickets import first_by_ticket, hash_of_seed

TAKE = 5_000
ROUNDS = 3


def seconds(step, *given):
    """What a step takes of the processor, and what it returns."""
    started = time.process_time()
    made = step(*given)
    return time.process_time() - started, made


def loop(texts):
    """Hash every text after the seed's hash, and keep the digests."""
    before = hash_of_seed("4 6 3 1 1 2 5 6")
    sha256 = hashlib.sha256
    return [sha256((before + text).encode()).digest() for text in texts]


def commit(numbers, salts):
    """Blind every member and fix the leaves by their root."""
    leaves = sorted_leaves(blinded_leaves(numbers, salts=salts, draw_id="2016-1", stratum="all"))
    return leaves, merkle_root(leaves)


def draw(leaves):
    """Draw from the leaves, as under a commitment."""
    return first_by_ticket(leaves, seed="4 6 3 1 1 2 5 6", take=TAKE)


def measured(members, *, draw_only=False):
    """Return the least times of three rounds, in seconds: loops, draw and commitment."""
    numbers = [f"X{number:08d}" for number in range(members)]
    if draw_only:
        leaves = [f"{number:064x}" for number in range(members)]
        del numbers
        return {"draw": min(seconds(draw, leaves)[0] for _ in range(1))}
    salts = os.urandom(SALT_BYTES * members)
    found = {"loop over numbers": [], "commitment": [], "loop over leaves": [], "draw": []}
    for _ in range(ROUNDS):
        found["loop over numbers"].append(seconds(loop, numbers)[0])
        took, (leaves, _) = seconds(commit, numbers, salts)
        found["commitment"].append(took)
        texts = [leaf.hex() for leaf in leaves]
        del leaves
        found["loop over leaves"].append(seconds(loop, texts)[0])
        found["draw"].append(seconds(draw, texts)[0])
    return {name: min(times) for name, times in found.items()}


if __name__ == "__main__":
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    times = measured(members, draw_only="--draw" in sys.argv)
    for name, took in times.items():
        print(f"{name:20} {took:8.2f} s   {1e6 * took / members:6.2f} µs a member")
    if len(times) > 1:
        print(f"commitment / loop    {times['commitment'] / times['loop over numbers']:8.2f}")
        print(f"draw / loop          {times['draw'] / times['loop over leaves']:8.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"memory at its most   {peak:8.2f} GB, the texts themselves included")
