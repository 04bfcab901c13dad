"""A gateway that reports usage over HTTP: one thread, many connections that are kept alive.

It shares the machine with the server that it measures: so a request is put together while the
one before it is under way, and in an answer only what must be there is counted.
"""

import select
import socket
import time
from datetime import UTC, datetime
from uuid import uuid4

from .slices import Broken, Slice

HEAD = (
    "POST /v1/organizations/{organization}/usage-records HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nAuthorization: Bearer {secret}\r\n"
    "Content-Type: application/json\r\nContent-Length: "
)
END_OF_HEAD = b"\r\n\r\n"
RECORDED = b'"outcome":"recorded"'


def report(port, place, *, members, seconds, clients=1, each=1):
    """Let `clients` send requests of `each` records of the next of `members`; returns the Slice."""
    head = HEAD.format(organization=place.organization.pk, secret=place.secret)
    requests = _requests(head, members, each)
    lines = {line.fileno(): line for line in (Line(port, requests) for _ in range(clients))}
    began, worked, answered = time.monotonic(), time.process_time(), 0
    for line in lines.values():
        line.send()
    poll = _poll(lines)
    while lines:
        for number, _event in poll.poll():
            if not lines[number].is_answered(each):
                continue
            answered += 1
            if time.monotonic() - began < seconds:
                lines[number].send()
            else:
                poll.unregister(number)
                lines.pop(number).close()
    took = time.monotonic() - began
    share = (time.process_time() - worked) / took
    return Slice(answered * each / took, answered * each, share)


def _poll(numbers):
    poll = select.epoll()
    for number in numbers:
        poll.register(number, select.EPOLLIN)
    return poll


def _requests(head, members, each):
    """Requests without end."""
    while True:
        at = datetime.now(UTC).isoformat()
        records = ",".join(_record(next(members), at) for _ in range(each))
        body = f'{{"records":[{records}]}}'
        yield f"{head}{len(body)}\r\n\r\n{body}".encode()


def _record(member, at):
    return (
        f'{{"eventId":"{uuid4()}","memberId":"{member}","credits":1.25,"occurredAt":"{at}",'
        '"source":"IDE","operation":"Agent"}'
    )


class Line:
    """A connection with at most one request under way, and the next one ready."""

    def __init__(self, port, requests):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fileno, self.close = self.socket.fileno, self.socket.close
        self.requests, self.ready = requests, next(requests)

    def send(self):
        self.answer = b""
        self.socket.sendall(self.ready)
        self.ready = next(self.requests)

    def is_answered(self, each):
        """Whether the answer is complete. Raises Broken unless it says that all was recorded."""
        more = self.socket.recv(1 << 20)
        self.answer += more
        head, _, body = self.answer.partition(END_OF_HEAD)
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if more and not (length and len(body) >= int(length)):
            return False
        if not head.startswith(b"HTTP/1.1 200 ") or body.count(RECORDED) != each:
            raise Broken(f"The server answered:\n{self.answer[:2000].decode()}")
        return True
