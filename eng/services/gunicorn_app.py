"""Answers hashes and a count per process, which grows over the life of the process."""
import hashlib, os
from urllib.parse import parse_qs

count = 0


def application(environ, start_response):
    global count
    if environ["PATH_INFO"] == "/hash":
        digest = parse_qs(environ["QUERY_STRING"])["text"][0].encode()
        for _ in range(100):
            digest = hashlib.sha256(digest).digest()
        body = digest.hex().encode()
    else:
        count += 1
        body = f"{os.getpid()} {count}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
