"""Does a server know how many pages look at a program? It ends a program that none looks at."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from assessor_kit.cli.jupyter_parts.prompt_connection import PromptConnection


class Handler(KernelWebsocketHandler):
    """What a connection uses of the page's socket, without a page."""

    def __init__(self):
        pass

    def set_nodelay(self, on):
        assert on


def test_a_page_that_leaves_before_it_is_counted_or_twice_takes_nobody_elses_place(
    monkeypatch, tmp_path
):
    counted = lambda page: page.multi_kernel_manager.notify_connect(page.kernel_id)  # noqa: E731
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", counted)

    async def counts():
        manager = AsyncMappingKernelManager(connection_dir=str(tmp_path))
        kernel_id = await manager.start_kernel()
        seen = []

        def count():
            seen.append(manager.kernel_model(kernel_id)["connections"])

        try:
            kernel = manager.get_kernel(kernel_id)
            stays, early, twice = (
                PromptConnection(parent=kernel, websocket_handler=Handler()) for _ in range(3)
            )
            await stays.connect()
            count()
            early.disconnect()
            count()
            await twice.connect()
            count()
            twice.disconnect()
            twice.disconnect()
            count()
        finally:
            await manager.shutdown_kernel(kernel_id, now=True)
        return seen

    # In a thread of its own: a browser of other tests may hold this one's event loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(asyncio.run, counts()).result() == [1, 1, 2, 1]
