"""A real mail server on this machine, which the tests send to."""

import email
import socket
import ssl
import subprocess
from email.policy import default as modern

from aiosmtpd.controller import Controller
from system_parts import need


class Server:
    """A mail server on this machine that keeps what it accepts.

    `mood` may refuse a message, or break the connection after accepting it; `at_recipient` may do
    so before there is a message.
    """

    def __init__(
        self, folder, *, tls=True, mood=lambda _: "250 OK", at_recipient=lambda _: "250 OK"
    ):
        self.taken, self.mood, self.at_recipient, self.context = [], mood, at_recipient, None
        self.certificate = folder / "certificate.pem"
        if tls:
            need("openssl")
            key, certificate = folder / "key.pem", folder / "certificate.pem"
            subprocess.run(
                [
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-keyout",
                    key,
                    "-out",
                    certificate,
                    "-days",
                    "2",
                    "-subj",
                    "/CN=localhost",
                    "-addext",
                    "subjectAltName=DNS:localhost",
                ],
                check=True,
                capture_output=True,
            )
            self.context = ssl.create_default_context(cafile=certificate)
            ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ours.load_cert_chain(certificate, key)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=ours if tls else None,
            require_starttls=tls,
        )

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802, ARG002
        answer = self.at_recipient(address)
        if answer == "break":
            server.transport.abort()
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802, ARG002  (aiosmtpd's name)
        answer = self.mood(envelope)
        if not answer.startswith(("4", "5")):
            self.taken.append(
                (envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=modern))
            )
        if answer == "break":
            server.transport.abort()
        return answer

    def __enter__(self):  # noqa: D105  (as every context)
        self.controller.start()
        return self

    def __exit__(self, *_):  # noqa: D105  (as above)
        self.controller.stop()
