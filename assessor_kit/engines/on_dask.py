"""Dask: the pandas scorer on parts of whole returns, on all machines of a cluster.

No rows move between the machines.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import dask
from distributed import Client, LocalCluster

from assessor_kit.engines.on_pandas import score_part
from assessor_kit.engines.parquet import Inputs
from assessor_kit.rules.schema import Rules
from assessor_kit.scorers import Scorer

ROWS_IN_A_PART = 500_000


def score_parts(
    inputs: Inputs,
    folder: Path,
    *,
    rules: Rules,
    scorers: Sequence[Scorer],
    scheduler: str | None = None,
) -> None:
    """Score every part on some worker of the cluster.

    The workers read and write the files themselves, so they must be able to see both folders.
    """
    if scheduler is not None:
        with Client(scheduler) as client:
            _map(client, inputs, folder, rules, tuple(scorers))
        return
    with (
        tempfile.TemporaryDirectory() as scratch,
        dask.config.set({"temporary_directory": scratch}),
        LocalCluster(threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        _map(client, inputs, folder, rules, tuple(scorers))


def _map(
    client: Client, inputs: Inputs, folder: Path, rules: Rules, scorers: tuple[Scorer, ...]
) -> None:
    parts = inputs.parts(ROWS_IN_A_PART)
    running = [
        client.submit(
            score_part,
            inputs,
            part,
            number,
            folder.resolve(),
            rules=rules,
            scorers=scorers,
            pure=False,
        )
        for number, part in enumerate(parts)
    ]
    client.gather(running)
