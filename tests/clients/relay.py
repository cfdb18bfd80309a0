"""Stands between a client and gruff: speaks TLS where the client insists on it, and notes what was said."""

import http.client
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What changes from run to run or machine to machine is not noted.
REQUEST_HEADERS = {"authorization", "content-type", "host", "x-goog-api-key"}
RESPONSE_HEADERS = {"allow", "content-type", "retry-after", "x-gruff-kept"}


class Notes:
    """The exchanges of one client."""

    def __init__(self):
        self.exchanges = []
        self.lock = threading.Lock()

    def add(self, exchange):
        with self.lock:
            self.exchanges.append(exchange)


def noted(headers, kept):
    pairs = ((name.lower(), value) for name, value in headers)
    found = {name: value for name, value in sorted(pairs) if name in kept or name.startswith("x-akismet-")}
    if "x-akismet-guid" in found:
        found["x-akismet-guid"] = "new with every answer"
    return found


def body(raw):
    """JSON as such, anything else as text."""
    try:
        found = json.loads(raw)
    except ValueError:
        return raw.decode()
    if isinstance(found, dict) and str(found.get("id")).startswith("modr-"):
        found["id"] = "new with every answer"
    return found


def handler(upstream, notes):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def relay(self):
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            connection = http.client.HTTPConnection(*upstream, timeout=30)
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(raw)))
            connection.endheaders(raw)
            answer = connection.getresponse()
            said = answer.read()
            notes.add(
                {
                    "request": {
                        "method": self.command,
                        "target": self.path,
                        "headers": noted(self.headers.items(), REQUEST_HEADERS),
                        "body": raw.decode(),
                    },
                    "response": {
                        "status": answer.status,
                        "headers": noted(answer.getheaders(), RESPONSE_HEADERS),
                        "body": body(said),
                    },
                }
            )
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
            connection.close()

        do_GET = do_POST = relay

        def log_message(self, *_):
            pass

    return Handler


def start(address, upstream, notes, certificate=None):
    """Listens at an address, with TLS where a certificate is given; returns the port."""
    server = ThreadingHTTPServer(address, handler(upstream, notes))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
