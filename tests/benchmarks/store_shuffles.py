"""Do packs end in the same state, in whatever order they are merged?

`python tests/benchmarks/store_shuffles.py` merges fifty packs in a hundred orders. `make test` runs
a short form.
"""

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from seasons import add_return, allocate, put, save, small_season

from assessor_kit import tables
from assessor_kit.store import Workspace
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.exchange.hand_ins import merge_hand_in, state_digest
from assessor_kit.store.exchange.packs import hand_in, make_pack, open_pack
from assessor_kit.store.log.chain import check_log


def brought_back(season, folder, *, packs, chance):
    """Return what came back: an assessor and a return per pack, some with two hand-ins.

    Every fifth assessor went on elsewhere as well.
    """
    files = []
    for number in range(packs):
        person, return_id = f"B{number:02}", f"b{number}"
        put(
            season,
            tables.ASSESSORS,
            {
                "assessor_id": person,
                "member_no": "",
                "name": "",
                "email": "",
                "disciplines": "",
                "employer": "",
                "capacity": 1,
                "conflicts": "",
            },
        )
        add_return(season, return_id, f"Z{number:04}")
        allocate(season, return_id, person)
        made = make_pack(season, person, folder / f"{person}.pack")
        laptop = open_pack(
            folder / f"{person}.pack", folder / person, passphrase=made["passphrase"]
        )
        for version in range(chance.randint(1, 3)):
            save(
                laptop,
                version,
                event=f"{person}-{version}",
                return_id=return_id,
                assessor_id=person,
                advice=f"{version}",
                submitted=version == 2,
            )
            if version in {0, 2}:
                files.append(folder / f"{person}-{version}.back")
                hand_in(laptop, files[-1])
        if number % 5 == 0:
            save(
                season,
                event=f"{person}-home",
                return_id=return_id,
                assessor_id=person,
                advice="at home",
            )
    return files


def merge_in_every_order(folder, *, packs, shuffles, seed=7):
    """Merge everything in `shuffles` random orders; return the number of different states.

    Three of the files are merged twice.
    """
    season, chance = small_season(folder / "w"), random.Random(seed)
    files = brought_back(season, folder, packs=packs, chance=chance)
    states, verified = set(), True
    for _ in range(shuffles):
        shutil.rmtree(folder / "turn", ignore_errors=True)
        shutil.copytree(season.folder, folder / "turn")
        merged = Workspace.open(folder / "turn")
        for path in chance.sample(files, len(files)) + chance.sample(files, 3):
            merge_hand_in(merged, path)
        states.add(state_digest(merged))
        with read_transaction(merged.engine) as connection:
            verified = verified and check_log(connection).verified
    return {
        "packs": packs,
        "files": len(files),
        "shuffles": shuffles,
        "states": len(states),
        "chains verified": verified,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        started = time.perf_counter()
        print(
            merge_in_every_order(Path(place), packs=50, shuffles=100),
            f"{time.perf_counter() - started:.0f} s",
        )
