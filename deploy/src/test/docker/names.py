"""A name server under the tests' control.

Reads /etc/lab-zone at every query, one name a line, addresses after it:

    both.lab  together  10.0.2.15 10.9.9.9     every answer has all of them
    moving.lab  in-turn  10.0.2.15 10.9.9.9    the first query gets the first, the next one the next

Every answer has a time to live of zero. Each query is a line "name type" in /var/log/lab-queries.
"""

import ipaddress
import socket
import struct

A, AAAA = 1, 28
turns = {}


def zone():
    lines = (line.split() for line in open("/etc/lab-zone", encoding="ascii"))
    return {words[0]: (words[1], [ipaddress.ip_address(word) for word in words[2:]]) for words in lines if words}


def question(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += query[at] + 1
    kind = struct.unpack_from("!H", query, at + 1)[0]
    return ".".join(labels).lower(), kind, query[12 : at + 5]


def answers(name, kind):
    how, addresses = zone().get(name, (None, []))
    fitting = [address for address in addresses if kind == (A if address.version == 4 else AAAA)]
    if how == "in-turn" and fitting:
        turn = turns.get((name, kind), 0)
        turns[name, kind] = turn + 1
        fitting = [fitting[turn % len(fitting)]]
    return how is not None, fitting


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 53))
log = open("/var/log/lab-queries", "a", buffering=1, encoding="ascii")
while True:
    query, client = server.recvfrom(4096)
    name, kind, raw_question = question(query)
    known, found = answers(name, kind)
    log.write(f"{name} {'A' if kind == A else 'AAAA' if kind == AAAA else kind}\n")
    header = query[:2] + struct.pack("!HHHHH", 0x8580 if known else 0x8583, 1, len(found), 0, 0)
    records = b"".join(
        struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(address.packed)) + address.packed for address in found
    )
    server.sendto(header + raw_question + records, client)
