"""Works as an editor's remote mode does (Visual Studio Code's Remote-SSH): feeds a script to ssh's standard input, which
starts a server on the loopback of the target and prints its port, and then talks to it through ssh's forwards.

    editor.py WAY JUMP HOST

WAY is how it gets to the server's port: "socks" (ssh -T -D), "local" (a second ssh -N -L), "master" (-O forward of a
ControlMaster). What it saw is printed as one object of JSON.
"""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

PATIENCE = 40
CHANNELS = 6
BYTES = 8 << 20
LOCAL = 35100
BLOCK = b"".join(hashlib.sha512(str(i).encode()).digest() for i in range(1024))

SERVER = r"""
import os, socket, threading
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
folder = os.path.expanduser("~/.editor-server")
with open(folder + "/port.new", "w") as file:
    file.write(str(listener.getsockname()[1]))
os.rename(folder + "/port.new", folder + "/port")

def talk(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return
        head += byte
    if b"Upgrade: websocket" not in head:
        body = str(os.getpid()).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        return
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
    while data := connection.recv(65536):
        connection.sendall(data)

def handle(connection):
    try:
        with connection:
            talk(connection)
    except OSError:
        pass

while True:
    threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()
"""

# Starts the server, or finds the one that runs; prints where it listens, and waits for more to do.
SCRIPT = f"""
set -e
folder=$HOME/.editor-server
mkdir -p $folder
if [ -e $folder/pid ] && kill -0 $(cat $folder/pid) 2>/dev/null; then
  echo found
else
  rm -f $folder/port
  cat >$folder/server.py <<'END_OF_SERVER'
{SERVER}
END_OF_SERVER
  setsid nohup python3 $folder/server.py >/dev/null 2>&1 </dev/null &
  echo $! >$folder/pid
  until [ -e $folder/port ]; do sleep 0.1; done
fi
echo "listeningOn==$(cat $folder/port)=="
"""

way, jump, host = sys.argv[1:]
signal.alarm(PATIENCE)
sockets = "/tmp/editor-%C"
options = ["-J", jump]


def start(*more):
    """ssh with the script; gives back the process and the server's port. It lives for as long as its standard input."""
    ssh = subprocess.Popen(
        ["ssh", "-T", *more, *options, host, "bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    ssh.stdin.write(SCRIPT)
    ssh.stdin.flush()
    for line in ssh.stdout:
        found = re.match(r"listeningOn==(\d+)==", line)
        if found:
            return ssh, int(found[1])
    sys.exit(f"the script ended with {ssh.wait()}")


def read(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError(f"{len(data)} of {count} bytes, then the end")
        data += more
    return data


def connect(port):
    """A connection to a port of the target's loopback, by SOCKS 5 (RFC 1928) or by a local port."""
    deadline = time.monotonic() + PATIENCE / 2
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", LOCAL))
            break
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    if way == "socks":
        connection.sendall(b"\5\1\0")
        read(connection, 2)
        connection.sendall(b"\5\1\0\1" + bytes([127, 0, 0, 1]) + port.to_bytes(2, "big"))
        read(connection, 10)
    return connection


def head(connection):
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += read(connection, 1)
    return data


def ask(port):
    """A short request; gives back which process answers."""
    with connect(port) as connection:
        connection.sendall(b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return int(read(connection, int(re.search(rb"Content-Length: (\d+)", head(connection))[1])))


def upgrade(port):
    connection = connect(port)
    connection.sendall(b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    assert head(connection).startswith(b"HTTP/1.1 101 ")
    return connection


def echoes(connection, count):
    """Sends and receives at once; whether all came back as it was sent."""

    def send():
        for _ in range(count // len(BLOCK)):
            connection.sendall(BLOCK)

    sender = threading.Thread(target=send)
    sender.start()
    good = all(read(connection, len(BLOCK)) == BLOCK for _ in range(count // len(BLOCK)))
    sender.join()
    return good


def at_once(port):
    """Several long conversations at once."""
    connections = [upgrade(port) for _ in range(CHANNELS)]
    good = [False] * CHANNELS

    def talk(i):
        good[i] = echoes(connections[i], BYTES)

    threads = [threading.Thread(target=talk, args=(i,)) for i in range(CHANNELS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for connection in connections:
        connection.close()
    return all(good)


def end(ssh):
    ssh.stdin.close()
    return ssh.wait()


seen = {}
others = []
if way == "socks":
    more = ["-D", f"127.0.0.1:{LOCAL}"]
elif way == "master":
    more = ["-M", "-S", sockets]
else:
    more = []
ssh, port = start(*more)
forward = ["-L", f"127.0.0.1:{LOCAL}:127.0.0.1:{port}"]
if way == "master":
    subprocess.run(["ssh", "-S", sockets, "-O", "forward", *forward, *options, host], check=True)
elif way == "local":
    others.append(subprocess.Popen(["ssh", "-N", *forward, *options, host], stdin=subprocess.DEVNULL))

seen["port"] = port
idle = upgrade(port)
seen["first"] = ask(port)
seen["all_came_back"] = at_once(port)
# One that was quiet meanwhile is still there.
seen["idle_lives"] = echoes(idle, len(BLOCK))
# The window loses a connection in the middle of a conversation, and opens it again.
lost = upgrade(port)
lost.sendall(BLOCK)
lost.shutdown(socket.SHUT_RDWR)
lost.close()
seen["reconnected"] = echoes(upgrade(port), BYTES)

if way == "socks":
    # The whole connection is lost, as with the lid of a laptop; the server on the target goes on.
    ssh.kill()
    ssh.wait()
    ssh, again = start(*more)
    seen["same_port"] = again == port
    seen["second"] = ask(again)
    seen["works_again"] = echoes(upgrade(again), BYTES)
    # What no rule allows stays closed, also on the target's own loopback.
    for name, closed in (("sshd", 22), ("other", 8000)):
        try:
            ask(closed)
            seen[name] = "open"
        except (OSError, EOFError):
            seen[name] = "closed"
for other in others:
    other.kill()
    other.wait()
if way == "master":
    subprocess.run(["ssh", "-S", sockets, "-O", "exit", *options, host], check=True)
    ssh.wait()
else:
    seen["exit"] = end(ssh)
print(json.dumps(seen), flush=True)
os._exit(0)
