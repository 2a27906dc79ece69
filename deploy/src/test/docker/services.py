"""Services of a target, each with a habit that a forward must get right.

7001  count: reads until end of file, and only then answers with the number of bytes and their SHA-256
7002  crowd: answers "all here" to everybody, once as many as the first line of each says are connected
7003  source: reads a line with a number of bytes, sends that many, and closes
"""

import hashlib
import socket
import threading

BLOCK = hashlib.sha512(b"sallyport").digest() * 4096


def read_line(connection):
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            break
        line += byte
    return line


def count(connection):
    total, digest = 0, hashlib.sha256()
    while data := connection.recv(1 << 18):
        total += len(data)
        digest.update(data)
    connection.sendall(f"{total} {digest.hexdigest()}\n".encode())


crowd_lock = threading.Condition()
crowd_size = 0


def crowd(connection):
    global crowd_size
    wanted = int(read_line(connection))
    with crowd_lock:
        crowd_size += 1
        crowd_lock.notify_all()
        complete = crowd_lock.wait_for(lambda: crowd_size >= wanted, timeout=60)
    connection.sendall(b"all here\n" if complete else b"alone\n")


def source(connection):
    left = int(read_line(connection))
    while left > 0:
        part = BLOCK[: min(left, len(BLOCK))]
        connection.sendall(part)
        left -= len(part)


def serve(port, habit):
    def handle(connection):
        try:
            with connection:
                habit(connection)
        except OSError:
            pass  # the other side went away, as some tests want it

    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=512)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=handle, args=(connection,), daemon=True).start()


for port, habit in ((7001, count), (7002, crowd), (7003, source)):
    threading.Thread(target=serve, args=(port, habit)).start()
