"""Runs one function over many jobs on the machines of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from distributed import Client, as_completed

RETRIES = 3


def answers_from_cluster(
    function: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], *, scheduler: str
) -> Iterator[tuple[int, Any, BaseException | None]]:
    """Run `function(*job)` for each job; yield the job's place, its answer and its exception.

    The answers come in the order in which the jobs end. If a worker is lost, others take over its
    jobs. `scheduler` is the cluster's address, such as `tcp://10.0.0.1:8786`.
    """
    with Client(scheduler, set_as_default=False) as client:
        futures = client.map(function, *zip(*jobs, strict=True), pure=False, retries=RETRIES)
        places = {future.key: place for place, future in enumerate(futures)}
        for future in as_completed(futures, loop=client.loop):
            lost = future.exception()
            yield places[future.key], None if lost else future.result(), lost
