#!/usr/bin/env python3
"""The client of a PostgreSQL that connects for every transaction, as programs without a pool do. A connection that is refused or reset before the answer is tried again, as such programs do;
one that is never answered is lost. Every transaction has a number of its own, so that one whose answer was lost is not made twice. Same contract as http_load.py."""
import json, sys, threading, time
import psycopg2

CLIENTS, LIMIT = 8, 20
address, port = sys.argv[1:]
done = threading.Event()


class Client(threading.Thread):
    def __init__(self, number):
        super().__init__(daemon=True)
        self.number, self.answers, self.wrong, self.lost, self.retries, self.stall, self.complaint, self.ready = number, 0, 0, 0, 0, 0.0, "none", threading.Event()

    def transact(self, step):
        connection = psycopg2.connect(host=address, port=port, user="postgres", dbname="postgres", connect_timeout=LIMIT, options="-c statement_timeout=0", tcp_user_timeout=LIMIT * 1000)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("insert into numbered values (%s, %s, %s) on conflict do nothing", (self.number, step, step % 97))
                cursor.execute("select count(*), coalesce(sum(delta), 0) from numbered where client = %s and step > %s", (self.number, step - 50))
                return cursor.fetchone()
        finally:
            connection.close()

    def run(self):
        step = 0
        while not done.is_set():
            step += 1
            begin = time.monotonic()
            while True:
                attempt = time.monotonic()
                try:
                    count, total = self.transact(step)
                    break
                except psycopg2.OperationalError as e:
                    self.retries += 1
                    self.complaint = str(e).strip()
                    if time.monotonic() - attempt > LIMIT * 0.9:
                        self.lost += 1
                        print(f"a connection was not answered for {time.monotonic() - attempt:.0f} s: {e}", file=sys.stderr)
                    time.sleep(0.02)
            self.stall = max(self.stall, time.monotonic() - begin)
            self.answers += 1
            recent = range(max(1, step - 49), step + 1)
            if (count, total) != (len(recent), sum(n % 97 for n in recent)):
                self.wrong += 1
                print(f"client {self.number} step {step}: {count} rows of {total}", file=sys.stderr)
            if step == 20:
                self.ready.set()
        self.steps = step


with psycopg2.connect(host=address, port=port, user="postgres", dbname="postgres") as connection, connection.cursor() as cursor:
    cursor.execute("create table numbered (client int, step int, delta int not null, primary key (client, step))")
connection.close()
clients = [Client(number) for number in range(CLIENTS)]
for client in clients:
    client.start()
for client in clients:
    if not client.ready.wait(120):
        sys.exit(f"client {client.number} has {client.answers} answers after two minutes; {client.retries} attempts failed, the last: {client.complaint}")
for client in clients:
    # What it waited while the service was starting is not counted.
    client.stall = 0.0
print("ready", flush=True)
sys.stdin.read()
done.set()
for client in clients:
    client.join(6 * LIMIT)
print(json.dumps({
    "answers": sum(c.answers for c in clients), "wrong": sum(c.wrong for c in clients), "lost": sum(c.lost + c.is_alive() for c in clients),
    "longestStallMs": round(max(c.stall for c in clients) * 1000, 1), "retries": sum(c.retries for c in clients),
}))
