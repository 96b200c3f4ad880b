"""The programs of the app's pages: one that no page has ever used is ended soon.

The app starts a program for every page that is asked for, before it sends the page. Somebody who
loads the page again at once has then left a program that the page never knew, and so cannot have it
ended.
"""

from __future__ import annotations

from datetime import timedelta

from jupyter_server._tz import utcnow
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Int

from assessor_kit.cli.jupyter_parts.warm_programs import start_warm_process


class PagePrograms(AsyncMappingKernelManager):
    """Jupyter's own manager of programs, which knows which of them a page has ever used.

    Jupyter's methods carry no types.
    """

    seconds_unused = Int(60, config=True, help="how long a program waits for its page to connect")

    def __init__(self, **options: object) -> None:
        self.used: set[str] = set()
        start_warm_process()
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def notify_connect(self, kernel_id: str) -> None:
        """Note that a page has connected to its program."""
        self.used.add(kernel_id)
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a program whose page has never come, and any other as Jupyter does."""
        kernel = self._kernels[kernel_id]
        idle = utcnow() - getattr(kernel, "last_activity", utcnow())
        if kernel_id in self.used or idle < timedelta(seconds=self.seconds_unused):
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
            return
        self.log.info("Program %s is ended: no page has used it.", kernel_id)
        await self.shutdown_kernel(kernel_id)  # type: ignore[no-untyped-call]
