"""Processes that render documents, each with its own warm process behind it: killed when stuck, replaced when dead, renewed now and then."""

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
WAKEFUL = 1.0  # seconds
RENEW_AFTER = 1000  # documents, so that no library's memory grows for ever
START = "import sys; from assessor_kit.feedback.workers import serve; serve()"
Answer = dict[str, str]


def serve() -> None:
    """Render what is asked, a line of JSON each, until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints must not be taken for an answer
    from assessor_kit.feedback.rendering import render_document  # noqa: PLC0415  (the asking process must stay light)

    for line in sys.stdin:
        folder, fields, formats = json.loads(line)
        answers.write(json.dumps(render_document(folder, fields, tuple(formats))) + "\n")
        answers.flush()


class Worker:
    """One such process."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C in the terminal is ours to act on.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,  # noqa: S603
            encoding="utf-8",
            start_new_session=True,
        )
        self.done = 0

    def render(self, folder: str, fields: dict[str, Any], formats: tuple[str, ...]) -> Answer:
        """The answer for one job; one that kills its process or takes for ever is a failure like another."""
        self.done += 1
        limit = threading.Timer(JOB_SECONDS, self._kill)
        limit.start()
        try:
            self.process.stdin.write(json.dumps([folder, fields, formats]) + "\n")  # type: ignore[union-attr]  # it was asked for above
            self.process.stdin.flush()  # type: ignore[union-attr]  # as above
            line = self.process.stdout.readline()  # type: ignore[union-attr]  # as above
        except (OSError, ValueError):
            line = ""
        finally:
            limit.cancel()
        answer: Answer = (
            json.loads(line)
            if line.endswith("\n")
            else {"state": "failed", "error": f"Its process died, or took over {JOB_SECONDS} s"}
        )
        return answer

    def _kill(self) -> None:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    def end(self) -> None:
        """End the process at once; its warm process and that one's forks end with it."""
        self._kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):  # what was not yet written is for nobody now
                pipe.close()  # type: ignore[union-attr]  # as above


class Workers:
    """Several workers on one heap of jobs."""

    def __init__(self, folder: str, formats: tuple[str, ...]) -> None:
        self._folder, self._formats = folder, formats
        self._answers: queue.Queue[tuple[dict[str, Any], Answer]] = queue.Queue()
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def render(
        self, jobs: list[dict[str, Any]], *, number: int
    ) -> Iterator[tuple[dict[str, Any], Answer]]:
        """Each job with its answer, as they come."""
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

    def _next(self) -> tuple[dict[str, Any], Answer]:
        while True:
            with suppress(queue.Empty):
                return self._answers.get(
                    timeout=WAKEFUL
                )  # a wait without an end could not be interrupted on Windows

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
