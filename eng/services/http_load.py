#!/usr/bin/env python3
"""The client of services that speak HTTP: some connections that stay open, every answer checked.

usage: http_load.py ADDRESS PORT CHECK... (store, hash, count, files=DIRECTORY)
  store   PUT /store?key=K with a value, then GET of the same: what was stored last
  hash    GET /hash?text=T: the SHA-256 of T, made a hundred times over
  count   GET /count: "PROCESS N", and N grows for each process
  files   GET /NAME of a file in DIRECTORY: its content
Says `ready` when every connection has had its answers, tells what it saw as one line of JSON for each line of its input, and once more when that is closed, which ends it.
"""
import hashlib, http.client, json, os, socket, sys, threading, time

CONNECTIONS, PAUSE, LIMIT = 8, 0.02, 120


class Connection(threading.Thread):
    def __init__(self, number, address, port, checks, files):
        super().__init__(daemon=True)
        self.number, self.address, self.port, self.checks, self.files = number, address, port, checks, files
        self.answers = self.wrong = self.lost = self.step = 0
        self.stall, self.stored, self.counts, self.complaint = 0.0, {}, {}, ""
        self.ready = threading.Event()

    def open(self):
        self.http = http.client.HTTPConnection(self.address, self.port, timeout=LIMIT)
        self.http.connect()
        self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, body=None):
        begin = time.monotonic()
        self.http.request(method, path, body)
        answer = self.http.getresponse()
        content = answer.read()
        self.stall = max(self.stall, time.monotonic() - begin)
        self.answers += 1
        if answer.will_close:
            raise ConnectionError("the server closes the connection")
        return answer.status, content

    def expect(self, what, got, right):
        if got != right:
            self.wrong += 1
            self.complaint = f"{what}: {got!r} instead of {right!r}"[:400]

    def store(self):
        key = f"{self.number}-{self.step % 100}"
        value = f"{self.step} {'x' * (self.step % 900)}"
        self.expect("store", self.ask("PUT", f"/store?key={key}", value.encode()), (200, b"stored"))
        self.stored[key] = value
        key = f"{self.number}-{(self.step * 7) % 100}"
        if key in self.stored:
            self.expect("read", self.ask("GET", f"/store?key={key}"), (200, self.stored[key].encode()))

    def hash(self):
        text = f"{self.number}-{self.step}"
        digest = text.encode()
        for _ in range(100):
            digest = hashlib.sha256(digest).digest()
        self.expect("hash", self.ask("GET", f"/hash?text={text}"), (200, digest.hex().encode()))

    def count(self):
        status, content = self.ask("GET", "/count")
        process, number = content.split()
        if status != 200 or int(number) <= self.counts.get(process, -1):
            self.expect("count", (status, content), f"more than {self.counts.get(process)}")
        self.counts[process] = int(number)

    def fetch(self):
        name = sorted(self.files)[(self.number + self.step) % len(self.files)]
        status, content = self.ask("GET", f"/{name}")
        self.expect(name, (status, hashlib.sha256(content).hexdigest()), (200, self.files[name]))

    def run(self):
        self.open()
        while not done.is_set():
            try:
                for check in self.checks:
                    getattr(self, check)()
                self.step += 1
                if self.step == 20:
                    self.ready.set()
            except (OSError, http.client.HTTPException) as e:
                self.lost += 1
                self.complaint = f"connection lost: {e!r}"
                try:
                    self.open()
                except OSError:
                    time.sleep(0.2)
            time.sleep(PAUSE)
        self.http.close()


address, port, *wanted = sys.argv[1:]
directory = next((w.removeprefix("files=") for w in wanted if w.startswith("files=")), None)
files = {name: hashlib.sha256(open(os.path.join(directory, name), "rb").read()).hexdigest() for name in os.listdir(directory)} if directory else {}
checks = ["fetch" if w.startswith("files=") else w for w in wanted]
done = threading.Event()
connections = [Connection(number, address, int(port), checks, files) for number in range(CONNECTIONS)]
for connection in connections:
    connection.start()
for connection in connections:
    if not connection.ready.wait(120):
        sys.exit(f"connection {connection.number} has no right answers ({connection.complaint}).")
for connection in connections:
    # What it waited while the service was starting is not counted.
    connection.stall = 0.0
print("ready", flush=True)


def tell(lost=0):
    print(json.dumps({
        "answers": sum(c.answers for c in connections), "wrong": sum(c.wrong for c in connections), "lost": sum(c.lost for c in connections) + lost,
        "longestStallMs": round(max(c.stall for c in connections) * 1000, 1),
    }), flush=True)


for _ in sys.stdin:
    tell()
    for connection in connections:
        connection.stall = 0.0
done.set()
for connection in connections:
    connection.join(LIMIT)
    if connection.complaint:
        print(connection.complaint, file=sys.stderr)
# One that never ended has lost its connection without being told.
tell(lost=sum(c.is_alive() for c in connections))
