"""Opens pages that follow the overview, says `ready` when each has been told all there is, and reads until it is ended.

    follow.py PORT TOKEN COUNT

What it costs to read is part of what is measured. At its end it prints how many events it was told.
"""

import selectors
import signal
import socket
import sys


def follow(port: int, token: str, count: int):
    chosen, heard, told, ended = selectors.DefaultSelector(), set(), 0, []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    request = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(request)
        connection.setblocking(False)
        chosen.register(connection, selectors.EVENT_READ)
    while not ended:
        for key, _ in chosen.select(0.2):
            if not (data := key.fileobj.recv(1 << 20)):
                sys.exit("a connection has ended")
            told += data.count(b"event: parts")
            if b"event: parts" in data and key.fd not in heard:
                heard.add(key.fd)
                if len(heard) == count:
                    print("ready", flush=True)
    print(told, flush=True)


if __name__ == "__main__":
    follow(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
