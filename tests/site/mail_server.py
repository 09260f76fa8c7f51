"""A small mail server on loopback for tests: takes mails, or fails in the way it was told to."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """What came. manner: "", "refuses", "hangs", or where it stops: "RCPT", "content", "dot"; answers: step -> line.

    tries: mails whose words began to come; taken: those that were answered with 250.
    """

    port: int = 0
    manner: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    tries: int = 0
    leaving: threading.Event = field(default_factory=threading.Event)

    @property
    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(one, policy=email.policy.default) for one in self.taken]


class _Talk(socketserver.StreamRequestHandler):
    kept: MailServer

    def handle(self) -> None:
        kept = self.kept
        if kept.manner == "hangs":
            kept.leaving.wait(20)
            return
        if kept.manner == "refuses":
            self.say("554 No service")
            return
        self.say("220 mail.example")
        while line := self.rfile.readline():
            word = line.strip().partition(b" ")[0].upper().decode()
            if word == "QUIT":
                self.say("221 Bye")
                return
            if word == kept.manner:
                return
            if word == "DATA":
                if not self.take():
                    return
                continue
            if word == "RCPT" and "RCPT" not in kept.answers:
                kept.to.append(f"RCPT {line.decode().strip()[5:]}")
            self.say(kept.answers.get(word, "250 OK"))

    def take(self) -> bool:
        """Take one mail; False where the line was broken off."""
        kept = self.kept
        if "DATA" in kept.answers:
            self.say(kept.answers["DATA"])
            return True
        self.say("354 Go on")
        kept.tries += 1
        words = []
        while (line := self.rfile.readline()) != b".\r\n":
            words.append(line)
            if not line or kept.manner == "content":
                return False
        if kept.manner == "dot":
            return False
        if kept.manner == "hangs after the dot":
            kept.leaving.wait(20)
            return False
        said = kept.answers.get("dot", "250 Taken")
        if said.startswith("250"):
            kept.taken.append(b"".join(words))
        self.say(said)
        return True

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


@contextmanager
def serve(port: int = 0) -> Iterator[MailServer]:
    """A server on a free port of loopback, or on this one."""
    kept = MailServer()
    handler = type("Talk", (_Talk,), {"kept": kept})
    with _Server(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield kept
        finally:
            kept.leaving.set()
            server.shutdown()
