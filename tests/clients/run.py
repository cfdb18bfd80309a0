"""Runs unmodified clients of Perspective, OpenAI and Akismet against a gruff that it starts. See scripts/clients."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import relay

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures" / "protocols"
GOOGLE, AKISMET = "commentanalyzer.googleapis.com", "rest.akismet.com"
HOSTS = [GOOGLE, AKISMET, f"key1.{AKISMET}", "key1.localhost"]

# Name, version, program, whether it runs without a private network.
CLIENTS = [
    ("google-api-python-client", "2.202.0", "use_google_api_python_client.py", True),
    ("PyPerspective", "1.0.4", "use_pyperspective.py", False),
    ("googleapis", "188.0.0", "use_googleapis.mjs", False),
    ("perspective-api-client", "3.1.0", "use_perspective_api_client.mjs", False),
    ("openai-python", "3.54.0", "use_openai.py", True),
    ("openai-node", "6.49.0", "use_openai.mjs", False),
    ("akismet", "25.10.1", "use_akismet.py", False),
    ("pykismet3", "0.1.1", "use_pykismet3.py", False),
    ("akismet-api", "6.0.0", "use_akismet_api.mjs", False),
    ("cedx-akismet", "16.2.1", "use_cedx_akismet.mjs", False),
]


def start_gruff(program, store):
    """Starts the server on a free port; returns the process and the address."""
    command = [program, "serve", "--listen", "127.0.0.1:0", "--store", str(store)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "http://" in line:
            host, port = line.strip().rsplit("http://", 1)[1].split(":")
            return process, (host, int(port))
    raise SystemExit("gruff did not start")


def authority(folder):
    """Makes a throw-away authority and a certificate of it; returns the authority's and the pair of the server."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "names").write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in HOSTS))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=throw-away", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=throw-away server", "-keyout", "server.key", "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem")
    return folder / "ca.pem", (folder / "server.pem", folder / "server.key")


def environment(ca):
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    if ca:
        trust = dict.fromkeys(["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPLIB2_CA_CERTS", "NODE_EXTRA_CA_CERTS"], str(ca))
        kept |= trust | {"HARD_CODED": "1", "PYTHON_AKISMET_TIMEOUT": "30"}
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gruff", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--node-modules", type=Path)
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--record", action="store_true", help="write the exchanges to tests/fixtures/protocols")
    options = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ca, certificate = (None, None) if options.light else authority(folder)
        if not options.light:
            # The mount namespace is our own.
            (folder / "hosts").write_text("127.0.0.1 localhost " + " ".join(HOSTS) + "\n")
            subprocess.run(["mount", "--bind", folder / "hosts", "/etc/hosts"], check=True)
            # Modules are looked for beside the program.
            for program in HERE.glob("*.mjs"):
                (folder / program.name).write_text(program.read_text())
            (folder / "node_modules").symlink_to(options.node_modules.resolve())
        process, upstream = start_gruff(options.gruff, folder / "store.sqlite")
        try:
            notes = relay.Notes()
            port = relay.start(("127.0.0.1", 0 if options.light else 80), upstream, notes)
            if certificate:
                relay.start(("127.0.0.1", 443), upstream, notes, certificate)
            root = f"http://127.0.0.1:{port}/" if options.light else "http://localhost/"
            for client, version, program, light in CLIENTS:
                if options.light and not light:
                    continue
                notes.exchanges = []
                path = HERE / program if program.endswith(".py") else folder / program
                runner = options.python if program.endswith(".py") else "node"
                done = subprocess.run(
                    [runner, path, root], env=environment(ca), capture_output=True, text=True, timeout=120
                )
                if done.returncode == 0 and notes.exchanges:
                    passed += 1
                    print(f"ok      {client} {version}: {len(notes.exchanges)} requests")
                else:
                    failed += 1
                    print(f"FAILED  {client} {version}\n{done.stdout}{done.stderr}")
                if options.record and not done.returncode:
                    record = {"client": f"{client} {version}", "exchanges": notes.exchanges}
                    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
                    (FIXTURES / f"{client}.json").write_text(text)
        finally:
            process.terminate()
            process.wait()
    print(f"clients: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
