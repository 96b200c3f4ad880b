"""Do a server's programs start warm, and are they otherwise as any that Jupyter starts?"""

import asyncio
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from assessor_kit.cli.jupyter_parts import warm_programs
from assessor_kit.cli.jupyter_parts.warm_programs import WarmProvisioner, start_program
from assessor_kit.cli.servers import LAB_OPTIONS, WARM_PROGRAMS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs are forked on Linux only")
WAIT = 60


@pytest.fixture(autouse=True, scope="module")
def one_warm_process():
    yield
    warm_programs.cool_down()


def run(story):
    """Run a story in a thread of its own: a browser of other tests may hold this one's loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, story()).result()


class Started:
    """A program, and what is said to it."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    @property
    def pid(self):
        return self.manager.provisioner.process.pid

    async def tell(self, code):
        """Run a cell, and return what it printed or its error's name."""
        said = []
        asked = self.client.execute(code)
        while True:
            message = await self.client.get_iopub_msg(timeout=WAIT)
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                said.append(content["text"])
            if kind == "error":
                said.append(content["ename"])
            if kind == "status" and content["execution_state"] == "idle":
                return "".join(said).strip()


async def started(folder, **options):
    manager = AsyncKernelManager(
        kernel_name="python3", connection_file=str(folder / f"kernel-{os.urandom(4).hex()}-0.json")
    )
    factory = KernelProvisionerFactory.instance()
    before, factory.default_provisioner_name = factory.default_provisioner_name, WARM_PROGRAMS
    try:
        await manager.start_kernel(cwd=str(folder), **options)
    finally:
        factory.default_provisioner_name = before
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=WAIT)
    return Started(manager, client)


async def ended(*programs):
    for program in programs:
        program.client.stop_channels()
        await program.manager.shutdown_kernel(now=True)


def test_both_servers_start_their_programs_so():
    assert f"--KernelProvisionerFactory.default_provisioner_name={WARM_PROGRAMS}" in LAB_OPTIONS
    found = KernelProvisionerFactory.instance().provisioners[WARM_PROGRAMS].load()
    assert found is WarmProvisioner


def test_a_program_has_its_libraries_its_folder_and_its_environment(tmp_path):
    async def story():
        environment = {**os.environ, "TO_BE_SEEN": "yes"}
        one = await started(tmp_path, env=environment)
        answers = [
            await one.tell("import os, sys; print('altair' in sys.modules, os.getcwd())"),
            await one.tell("print(os.environ['TO_BE_SEEN'], '' in sys.path, __name__)"),
            await one.tell("print(sys.argv[1:2], len([*__import__('threading').enumerate()]) > 1)"),
            psutil.Process(one.pid).name(),
        ]
        name = one.manager.connection_file
        await ended(one)
        return answers, name

    answers, name = run(story)
    assert answers[:3] == [f"True {tmp_path}", "yes True __main__", "['-f'] True"]
    assert answers[3] == f"kernel-{name.split('kernel-')[1][:8]}"


def test_two_programs_share_neither_values_nor_random_numbers(tmp_path):
    async def story():
        both = [await started(tmp_path) for _ in range(2)]
        first = [
            await one.tell("import numpy; mine = 1; print(numpy.random.rand())") for one in both
        ]
        await both[0].tell("mine = 2; import altair; altair.planted = True")
        later = [await one.tell("print(mine, hasattr(altair, 'planted'))") for one in both[:1]]
        later += [await both[1].tell("import altair; print(mine, hasattr(altair, 'planted'))")]
        groups = {os.getpgid(one.pid) for one in both}
        await ended(*both)
        return first, later, groups, {one.manager.has_kernel for one in both}

    numbers, later, groups, left = run(story)
    assert len(set(numbers)) == 2
    assert later == ["2 True", "1 False"]
    assert len(groups) == 2
    assert left == {False}


def test_a_program_is_interrupted_and_started_again(tmp_path):
    async def story():
        one = await started(tmp_path)
        busy = asyncio.create_task(one.tell("import time; here = 1; time.sleep(60)"))
        await asyncio.sleep(1)
        await one.manager.interrupt_kernel()
        stopped = await asyncio.wait_for(busy, WAIT)
        before = one.pid
        await one.manager.restart_kernel(now=True)
        await one.client.wait_for_ready(timeout=WAIT)
        answer = await one.tell("print('here' in globals())")
        again = one.pid
        await ended(one)
        return stopped, answer, before == again, psutil.pid_exists(before)

    assert run(story) == ("KeyboardInterrupt", "False", False, False)


def test_a_program_that_is_killed_or_ends_by_itself_is_noticed(tmp_path):
    async def story():
        killed, left = await started(tmp_path), await started(tmp_path)
        alive = [await one.manager.is_alive() for one in (killed, left)]
        os.kill(killed.pid, signal.SIGKILL)
        left.client.shutdown()
        statuses = []
        for one in (killed, left):
            process = one.manager.provisioner.process
            statuses.append(await asyncio.to_thread(process.wait))
            alive.append(await one.manager.is_alive())
        await ended(killed, left)
        return alive, statuses

    assert run(story) == ([True, True, False, False], [-signal.SIGKILL, 0])


def test_programs_end_with_the_warm_process_and_the_next_one_starts_all_the_same(tmp_path):
    async def story():
        first = await started(tmp_path)
        pid = first.pid
        process = first.manager.provisioner.process
        process.warm.process.kill()
        await asyncio.to_thread(psutil.Process(pid).wait, WAIT)
        gone = not psutil.pid_exists(pid), not await first.manager.is_alive()
        second = await started(tmp_path)
        answer = await second.tell("print('altair' in __import__('sys').modules)")
        await ended(first, second)
        return gone, answer

    assert run(story) == ((True, True), "True")


@pytest.mark.parametrize("why", ["switched off", "another command"])
def test_where_none_can_be_forked_a_program_starts_as_jupyter_starts_it(why, tmp_path, monkeypatch):
    if why == "switched off":
        monkeypatch.setenv("ASSESSOR_KIT_FORK", "0")
    else:
        monkeypatch.setattr(warm_programs, "LAUNCHER", ["-m", "another_kernel"])

    async def story():
        one = await started(tmp_path)
        answer = await one.tell("print('altair' in __import__('sys').modules)")
        cold = type(one.manager.provisioner.process)
        await ended(one)
        return answer, cold.__name__, isinstance(one.manager.provisioner, LocalProvisioner)

    assert run(story)[:2] == ("False", "Popen")


def test_a_start_that_is_given_up_leaves_no_program(tmp_path, monkeypatch):
    forked = []
    begun, made = threading.Event(), threading.Event()

    def slowly(*wanted):
        begun.set()
        time.sleep(0.5)  # long enough to be given up in the middle
        forked.append(start_program(*wanted))
        made.set()
        return forked[0]

    monkeypatch.setattr(warm_programs, "start_program", slowly)

    async def story():
        start = asyncio.create_task(started(tmp_path))
        await asyncio.to_thread(begun.wait, WAIT)
        start.cancel()
        with suppress(asyncio.CancelledError):
            await start
        await asyncio.to_thread(made.wait, WAIT)
        return await asyncio.wait_for(asyncio.to_thread(forked[0].wait), WAIT)

    assert run(story) == -signal.SIGKILL
