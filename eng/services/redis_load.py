#!/usr/bin/env python3
"""The client of a Redis: connections that stay open, each with counters and values of its own that only it changes. Same contract as http_load.py."""
import json, socket, sys, threading, time

CONNECTIONS, LIMIT = 8, 120
done = threading.Event()


class Connection(threading.Thread):
    def __init__(self, number, address, port):
        super().__init__(daemon=True)
        self.number, self.answers, self.wrong, self.lost, self.stall, self.ready = number, 0, 0, 0, 0.0, threading.Event()
        self.socket = socket.create_connection((address, port), LIMIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        begin = time.monotonic()
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        line = self.file.readline()
        if not line:
            raise ConnectionError("closed")
        if line.startswith(b"$") and line != b"$-1\r\n":
            line = self.file.read(int(line[1:]) + 2)
        self.stall = max(self.stall, time.monotonic() - begin)
        self.answers += 1
        return line.rstrip(b"\r\n")

    def expect(self, got, right):
        if got != right:
            self.wrong += 1
            print(f"{got!r} instead of {right!r}"[:300], file=sys.stderr)

    def run(self):
        step, values = 0, {}
        try:
            while not done.is_set():
                step += 1
                self.expect(self.ask(b"INCR", b"counter-%d" % self.number), b":%d" % step)
                key, value = b"%d-%d" % (self.number, step % 1000), b"%d " % step + b"x" * 900
                self.expect(self.ask(b"SET", key, value), b"+OK")
                values[key] = value
                key = b"%d-%d" % (self.number, step * 7 % 1000)
                if key in values:
                    self.expect(self.ask(b"GET", key), values[key])
                if step == 20:
                    self.ready.set()
                time.sleep(0.01)
        except OSError as e:
            self.lost += 1
            print(repr(e), file=sys.stderr)


connections = [Connection(number, sys.argv[1], int(sys.argv[2])) for number in range(CONNECTIONS)]
for connection in connections:
    connection.start()
for connection in connections:
    if not connection.ready.wait(120):
        sys.exit("no right answers")
for connection in connections:
    # What it waited while the service was starting is not counted.
    connection.stall = 0.0
print("ready", flush=True)
sys.stdin.read()
done.set()
for connection in connections:
    connection.join(LIMIT)
print(json.dumps({
    "answers": sum(c.answers for c in connections), "wrong": sum(c.wrong for c in connections), "lost": sum(c.lost + c.is_alive() for c in connections),
    "longestStallMs": round(max(c.stall for c in connections) * 1000, 1),
}))
