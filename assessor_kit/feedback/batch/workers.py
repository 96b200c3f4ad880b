"""Processes that render documents, each with a warm process of its own behind it.

A process that is stuck is killed, one that died is replaced, and each is renewed now and then.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

JOB_SECONDS = 180  # the longest that one document may take in all
WAKEFUL = 1.0  # seconds between two looks for an answer
RENEW_AFTER = 1000  # documents, so that no library's memory grows for ever
START = (
    "from assessor_kit.quick_start import leave_out_slow_imports; leave_out_slow_imports();"
    " from assessor_kit.feedback.batch.workers import serve; serve()"
)
RenderAnswer = dict[str, str]


def serve() -> None:
    """Render the jobs read from standard input, a line of JSON each, until it ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed must not be taken for an answer
    # Imported here, because the process that asks must stay light.
    from assessor_kit.feedback.batch.rendering import render_document  # noqa: PLC0415

    for line in sys.stdin:
        folder, fields, formats = json.loads(line)
        answers.write(json.dumps(render_document(folder, fields, tuple(formats))) + "\n")
        answers.flush()


class Worker:
    """One process that renders documents."""

    def __init__(self) -> None:
        # In a session of its own, because Ctrl-C in the terminal is for us to act on.
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.done = 0

    def render(self, folder: str, fields: dict[str, Any], formats: tuple[str, ...]) -> RenderAnswer:
        """Return the answer for one job.

        A job that kills its process, or takes too long, has failed like any other.
        """
        self.done += 1
        limit = threading.Timer(JOB_SECONDS, self._kill)
        limit.start()
        try:
            # The pipes were asked for above, so they are there.
            self.process.stdin.write(json.dumps([folder, fields, formats]) + "\n")  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]  # a pipe
            line = self.process.stdout.readline()  # type: ignore[union-attr]  # a pipe
        except (OSError, ValueError):
            line = ""
        finally:
            limit.cancel()
        answer: RenderAnswer = (
            json.loads(line)
            if line.endswith("\n")
            else {
                "state": "failed",
                "error": f"Its process died, or took longer than {JOB_SECONDS} s",
            }
        )
        return answer

    def _kill(self) -> None:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    def end(self) -> None:
        """End the process at once, and with it its warm process and all forks."""
        self._kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):  # what was not yet written is of no use to anybody now
                pipe.close()  # type: ignore[union-attr]  # a pipe


class Workers:
    """Several workers that share one list of jobs."""

    def __init__(self, folder: str, formats: tuple[str, ...]) -> None:
        self._folder = folder
        self._formats = formats
        self._answers: queue.Queue[tuple[dict[str, Any], RenderAnswer]] = queue.Queue()
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def render(
        self, jobs: list[dict[str, Any]], *, number: int
    ) -> Iterator[tuple[dict[str, Any], RenderAnswer]]:
        """Yield each job with its answer, in the order in which they are done."""
        heap = deque(jobs)
        threads = [
            threading.Thread(target=self._work, args=(heap,), daemon=True)
            for _ in range(min(number, len(jobs)))
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in jobs:
                yield self._next()
        finally:
            self._stop()

    def _next(self) -> tuple[dict[str, Any], RenderAnswer]:
        while True:
            with suppress(queue.Empty):
                # an endless wait could not be interrupted on Windows
                return self._answers.get(timeout=WAKEFUL)

    def _work(self, heap: deque[dict[str, Any]]) -> None:
        worker: Worker | None = None
        while not self._stopped and heap:
            with suppress(IndexError):  # another thread took the last one
                job = heap.popleft()
                try:
                    worker = worker or self._hire()
                    answer = worker.render(self._folder, job, self._formats)
                except OSError as problem:  # no process could be started
                    answer = {"state": "failed", "error": f"{type(problem).__name__}: {problem}"}
                if worker and (answer["error"] or worker.done >= RENEW_AFTER):
                    self._dismiss(worker)
                    worker = None
                self._answers.put((job, answer))
        if worker:
            self._dismiss(worker)

    def _hire(self) -> Worker:
        worker = Worker()
        with self._lock:
            self._workers.add(worker)
            if self._stopped:
                worker.end()
        return worker

    def _dismiss(self, worker: Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.end()

    def _stop(self) -> None:
        self._stopped = True
        with self._lock:
            for worker in self._workers:
                worker.end()
