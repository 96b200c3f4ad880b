"""A server's connection to a browser that sends small messages at once, and is counted once.

Otherwise the store's acknowledgement waits in the server until the browser has acknowledged the
message before it, which browsers put off for 40 ms (Nagle's algorithm and delayed acknowledgement,
RFC 9293 section 3.7.4): JupyterLab then reported "Saved" after 46 ms instead of 12.
"""

from __future__ import annotations

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Jupyter's own connection, set not to wait, which leaves as often as it came.

    Jupyter subtracts a page whenever its connection ends: also one that was closed before it was
    counted, and twice one whose program died. A program with an open page then counted as looked at
    by nobody, and was ended while somebody read.
    """

    is_counted = False

    # Jupyter's own two classes disagree; both are awaited.
    async def connect(self) -> None:  # type: ignore[override]
        """Set the socket, then connect as Jupyter does."""
        self.websocket_handler.set_nodelay(True)
        self.is_counted = True
        connected = super().connect()
        if connected is not None:
            await connected

    def disconnect(self) -> None:  # type: ignore[override]  # as Jupyter's own does
        """Disconnect as Jupyter does; the number of connected pages falls only if this one is."""
        if self.is_counted:
            self.is_counted = False
            super().disconnect()  # type: ignore[no-untyped-call]
            return
        manager = self.multi_kernel_manager
        # One for what Jupyter subtracts, one so that it never takes this page for the last.
        for _ in range(2):
            MappingKernelManager.notify_connect(manager, self.kernel_id)  # type: ignore[no-untyped-call]
        super().disconnect()  # type: ignore[no-untyped-call]
        manager.notify_disconnect(self.kernel_id)
