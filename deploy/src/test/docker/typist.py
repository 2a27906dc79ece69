"""Types into a terminal as a person does, and keeps what the terminal was sent.

    typist.py COLUMNSxROWS COMMAND... <steps >cast

A step is a line of JSON:

    ["expect", TEXT]         waits until the terminal has been sent this text, since the last step of this kind
    ["type", TEXT]           types it
    ["quiet"]                waits until the terminal has been sent nothing for a while: the picture stands
    ["resize", COLUMNS, ROWS]

After the last step it waits for the command's end and ends with its exit code. What the terminal was sent, and its
sizes, are an asciicast v2. Whatever does not come within half a minute is an error (exit code 3).
"""

import codecs
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

PATIENCE = 30
WHILE = 0.4

columns, rows = (int(number) for number in sys.argv[1].split("x"))
decoder = codecs.getincrementaldecoder("utf-8")("replace")
start = time.monotonic()
unmatched = ""


def size(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def tell(code, data):
    print(json.dumps([round(time.monotonic() - start, 6), code, data]), flush=True)


child, master = pty.fork()
if child == 0:
    size(0, columns, rows)
    os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
    os.execvp(sys.argv[2], sys.argv[2:])


def read(patience):
    """What the terminal is sent next; None when there is nothing for so long, and at the end."""
    global unmatched
    if not select.select([master], [], [], patience)[0]:
        return None
    try:
        data = os.read(master, 65536)
    except OSError:  # the other end is closed
        data = b""
    if not data:
        return None
    text = decoder.decode(data)
    unmatched += text
    if text:
        tell("o", text)
    return text


def has_ended():
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def expect(text):
    global unmatched
    deadline = time.monotonic() + PATIENCE
    while text not in unmatched:
        if read(0.5) is None and (has_ended() or time.monotonic() > deadline):
            fail(f"{text!r} did not come")
    unmatched = unmatched[unmatched.index(text) + len(text) :]


def quiet():
    deadline = time.monotonic() + PATIENCE
    while read(WHILE) is not None:
        if time.monotonic() > deadline:
            fail("the terminal does not come to rest")


def fail(reason):
    print(f"typist: {reason}; the terminal's last: {unmatched[-2000:]!r}", file=sys.stderr)
    os.close(master)
    sys.exit(3)


print(json.dumps({"version": 2, "width": columns, "height": rows}), flush=True)
for line in sys.stdin:
    step, *arguments = json.loads(line)
    if step == "expect":
        expect(*arguments)
    elif step == "type":
        os.write(master, arguments[0].encode())
    elif step == "quiet":
        quiet()
    elif step == "resize":
        tell("r", "{}x{}".format(*arguments))
        size(master, *arguments)
    else:
        fail(f"no such step: {step}")

deadline = time.monotonic() + PATIENCE
while not has_ended():
    read(0.1)
    if time.monotonic() > deadline:
        fail("the command does not end")
while read(0.1) is not None:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
