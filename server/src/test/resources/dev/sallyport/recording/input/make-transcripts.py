"""Makes the transcripts beside this file: what is typed and shown on real terminals.

Each line is '<' (typed) or '>' (shown) and the bytes, escaped as in Python. The keys come one by
one, each after what the last one showed, or in bursts; the passwords are all 'hunter2'.
"""
import os
import pty
import select
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


def play(name, program, steps):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", PS1="$ ", HISTFILE="/dev/null", LC_ALL="C.UTF-8")
        os.chdir("/")
        os.execvp(program[0], program)
    lines = []

    def shown(patience):
        while select.select([terminal], [], [], patience)[0]:
            try:
                data = os.read(terminal, 4096)
            except OSError:
                return
            if not data:
                return
            lines.append((">", data))

    shown(1.0)
    for keys, patience in steps:
        lines.append(("<", keys))
        os.write(terminal, keys)
        shown(patience)
    os.close(terminal)
    with open(os.path.join(FOLDER, name + ".transcript"), "w") as out:
        for side, data in lines:
            out.write(side + repr(data)[2:-1].replace("\\'", "'") + "\n")


def slowly(text):
    return [(bytes([b]), 0.1) for b in text.encode()]


BASH = ["bash", "--norc", "--noprofile"]
play("bash", BASH, slowly("echo hello\r") + [(b"echo fast\r", 0.5)]
     + slowly("echo lx\x7fs\r") + slowly("echo /etc/host\t") + slowly("\r") + slowly("exit\r"))
play("read-s", BASH, slowly("read -s p\r") + slowly("hunter2\r") + slowly("echo done\r")
     + [(b"read -s p\r", 0.5), (b"hunter2\r", 0.5), (b"true\r", 0.5)])
play("prompt-race", BASH, [(b"sleep 0.3; read -s -p 'Password: ' p; echo\r", 0.1)]
     + [(b"h", 0.05), (b"u", 0.4), (b"nter2\r", 0.5), (b"echo done\r", 0.5)])
play("ahead", BASH, [(b"sleep 0.2; read -s p\rhunter2\r", 1.0), (b"echo done\r", 0.5)])
play("getpass", ["python3", "-c", "import getpass; getpass.getpass('[sudo] password for alice: ');"
     "print('Sorry, try again. hunter'); input('name? ')"],
     slowly("hunter2\r") + slowly("alice\r"))
play("cooked", ["cat"], slowly("one\r") + slowly("twx\x7fo\r") + [(b"three\r", 0.3)])
play("vim", ["vim", "-u", "NONE", "-n"],
     slowly("ihello world\x1b") + slowly(":q!\r"))
