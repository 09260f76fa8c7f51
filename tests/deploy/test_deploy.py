"""What deploy/ promises: nobody runs as root, nothing but the data is written to, and what stands in front keeps it."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.site.serving import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
HOW_TO = ROOT / "docs" / "how-to" / "host-for-twenty.md"
UNITS = ("backstory.service", "backstory-backup.service")


def steps(dockerfile: str) -> list[tuple[str, str]]:
    """(instruction, rest) of each, lines joined."""
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#")))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


def service(compose: str, name: str) -> str:
    """The text of one service of a compose file."""
    found = re.search(rf"(?ms)^  {name}:\n(.*?)(?=^  \w|^\w|\Z)", compose)
    assert found, name
    return found[1]


def unit(name: str) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            said.setdefault(key, []).append(value)
    return said


# --- the image ----------------------------------------------------------------
def test_the_image_runs_as_nobody_from_the_hashed_lock_and_takes_no_secret_in():
    told = steps((DEPLOY / "Dockerfile").read_text())
    last = max(place for place, (word, _) in enumerate(told) if word == "FROM")
    final = told[last:]
    [user] = [rest for word, rest in final if word == "USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    after = final[[word for word, _ in final].index("USER") :]
    assert not [rest for word, rest in after if word in ("RUN", "COPY", "ADD")]
    assert not [rest for word, rest in told if word == "ADD"]
    installs = [rest for word, rest in told if word == "RUN" and "pip install" in rest]
    assert installs
    assert all("--require-hashes" in rest or "--no-deps" in rest for rest in installs)
    images = [rest.split()[0] for word, rest in told if word == "FROM"]
    assert all(":" in image and not image.endswith(":latest") for image in images)
    assert not re.search(r"(?i)secret|password|key", " ".join(rest for word, rest in told if word in ("ENV", "ARG")))


def test_what_goes_into_the_image_is_named_and_is_there():
    told = steps((DEPLOY / "Dockerfile").read_text())
    copied = {one for word, rest in told if word == "COPY" and "--from" not in rest for one in rest.split()[:-1]}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    assert (ROOT / ".dockerignore").read_text().startswith("*\n")


# --- compose --------------------------------------------------------------------
@pytest.mark.parametrize("name", ["site", "nginx", "worker", "database", "broker"])
def test_each_container_is_read_only_without_rights_and_bounded(name):
    told = service((DEPLOY / "compose.yaml").read_text(), name)
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'):
        assert line in told, line
    assert re.search(r"mem_limit: \d", told)
    assert re.search(r"pids_limit: \d", told)
    assert "privileged: true" not in told
    assert "docker.sock" not in told


def test_nothing_but_nginx_has_a_port_to_the_outside():
    compose = (DEPLOY / "compose.yaml").read_text()
    for name in ("site", "worker", "database", "broker"):
        assert "ports:" not in service(compose, name)
    assert "ports:" in service(compose, "nginx")
    for name in ("database", "broker"):
        assert "networks: [behind]" in service(compose, name)
    assert "networks: [inside, outside]" in service(compose, "nginx")
    [network] = re.findall(r"TRUSTED_PROXIES: (\S+)", compose)
    assert f"subnet: {network}" in compose
    mounted = re.findall(r"- \./(nginx/[\w.-]+):", compose)
    assert mounted
    assert all((DEPLOY / name).is_file() for name in mounted)


# --- systemd --------------------------------------------------------------------
@pytest.mark.parametrize("name", UNITS)
def test_each_unit_has_a_user_and_may_write_to_its_folders_alone(name):
    told = unit(name)
    assert told["User"] == ["backstory"]
    assert told["ProtectSystem"] == ["strict"]
    assert told["CapabilityBoundingSet"] == [""]
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables",
                "ProtectControlGroups", "RestrictSUIDSGID", "LockPersonality", "RestrictNamespaces"):  # fmt: skip
        assert told[key] == ["yes"], key
    assert told["UMask"] == ["0077"]
    writes = " ".join(told.get("ReadWritePaths", [])).split()
    assert all(path.startswith(("/var/lib/backstory", "/var/backups/backstory")) for path in writes)


@pytest.fixture
def analyze(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    for path in (DEPLOY / "systemd").iterdir():
        said = path.read_text().replace("/srv/backstory/.venv/bin/python", sys.executable)
        (tmp_path / path.name).write_text(said)

    def run(*arguments: str, of: str) -> subprocess.CompletedProcess[str]:
        command = ["systemd-analyze", *arguments, str(tmp_path / of)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.mark.parametrize("name", [*UNITS, "backstory-backup.timer"])
def test_systemd_understands_every_line(analyze, name):
    done = analyze("verify", of=name)
    told = [line for line in (done.stdout + done.stderr).splitlines() if "backstory" in line]
    assert not told
    assert "Unknown key" in (analyze("verify", of=_with_a_slip(analyze, name)).stderr)


def _with_a_slip(analyze, name: str) -> str:
    folder = Path(analyze.__closure__[0].cell_contents)
    stem, _, ending = name.rpartition(".")
    section = "[Timer]" if ending == "timer" else "[Service]"
    (folder / f"{stem}-slip.{ending}").write_text(
        (folder / name).read_text().replace(section, f"{section}\nProtectSistem=strict")
    )
    return f"{stem}-slip.{ending}"


@pytest.mark.parametrize("name", UNITS)
def test_systemd_counts_little_that_a_unit_could_do(analyze, name):
    done = analyze("security", "--offline=true", of=name)
    if "offline" in done.stderr:
        pytest.skip("this systemd-analyze does not judge files")
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= 2.0


# --- nginx ----------------------------------------------------------------------
@pytest.fixture(scope="module")
def nginx():
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        pytest.skip("no nginx here")
    return found


def certificate(folder: Path) -> None:
    """One that is made for this test, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    folder.joinpath("fullchain.pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    folder.joinpath("privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def laid_out(folder: Path, *, tls: int, plain: int, upstream: int) -> Path:
    """The configuration as it stands in deploy/, on these ports and with its files in a folder."""
    certificate(folder)
    said = (DEPLOY / "nginx" / "backstory.conf").read_text()
    said = said.replace("/etc/nginx/", f"{folder}/").replace("/etc/backstory/certificates/", f"{folder}/")
    said = said.replace("/var/log/nginx/", f"{folder}/").replace("/var/www/challenges", f"{folder}")
    (folder / "backstory.conf").write_text(said)
    (folder / "backstory-upstream.conf").write_text(f"server 127.0.0.1:{upstream};\n")
    (folder / "backstory-listen.conf").write_text(f"listen 127.0.0.1:{tls} ssl;\n")
    (folder / "backstory-redirect.conf").write_text(f"listen 127.0.0.1:{plain};\n")
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        f"events {{ worker_connections 64; }}\nhttp {{\n{paths}include {folder}/backstory.conf;\n}}\n"
    )
    return main


@contextmanager
def behind():
    """A small server that says back the headers that reached it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def front(nginx, tmp_path_factory):
    """A running nginx with our configuration: (its folder, a function that asks by TLS, its plain port)."""
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    tls, plain = free_port(), free_port()
    with behind() as upstream:
        main = laid_out(folder, tls=tls, plain=plain, upstream=upstream)
        process = subprocess.Popen([nginx, "-c", str(main), "-p", str(folder)], stderr=subprocess.PIPE)
        until = time.monotonic() + 20
        while True:
            assert process.poll() is None, "nginx ended"
            assert time.monotonic() < until, "nginx did not start"
            try:
                socket.create_connection(("127.0.0.1", tls), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        trusted = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        trusted.check_hostname = False

        def ask(path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, dict, str]:
            connection = http.client.HTTPSConnection("127.0.0.1", tls, timeout=20, context=trusted)
            try:
                connection.request(method, path, body, {"Host": "news.example", **headers})
                answer = connection.getresponse()
                return answer.status, dict(answer.headers), answer.read().decode()
            finally:
                connection.close()

        yield folder, ask, plain
        process.terminate()
        process.communicate(timeout=20)


def test_nginx_takes_the_configuration(nginx, tmp_path):
    main = laid_out(tmp_path, tls=free_port(), plain=free_port(), upstream=free_port())
    done = subprocess.run(
        [nginx, "-t", "-c", str(main), "-p", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr.replace('the "user" directive', "")


def test_what_an_asker_says_of_itself_does_not_pass_and_https_is_kept(front):
    _, ask, _ = front
    status, headers, told = ask(
        "/", **{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "Forwarded": "for=203.0.113.9",
                "X_Forwarded_For": "203.0.113.9"}
    )  # fmt: skip
    assert status == 200
    assert "x-forwarded-for: 127.0.0.1" in told
    assert "203.0.113.9" not in told
    assert "evil.example" not in told
    assert "host: news.example" in told
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert not re.search(r"\d", headers["Server"])


def test_the_log_holds_no_secret_link_and_no_query(front):
    folder, ask, _ = front
    for path in ("/setup/CanaryOne", "/accounts/password/reset/key/CanaryTwo/", "/search?q=CanaryThree",
                 "/accounts/confirm-email/CanaryFour/", "/text/CanaryFive", "/mails/stop/CanarySix", "/seen"):  # fmt: skip
        assert ask(path)[0] == 200
    until = time.monotonic() + 10
    while "/seen" not in (said := (folder / "backstory.log").read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert "Canary" not in said
    assert "/accounts/password/reset/key/..." in said


def test_what_is_too_large_or_too_often_is_refused_before_the_site(front):
    _, ask, plain = front
    assert ask("/explain", "POST", b"x" * (4 * 2**20))[0] == 413
    counts = [ask("/explain", "POST", b"x")[0] for _ in range(40)]
    assert counts[0] == 200
    assert 429 in counts
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=10)
    connection.request("GET", "/account?x=1", headers={"Host": "news.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://news.example/account?x=1")
    connection.close()


# --- the page that leads through it ---------------------------------------------
def test_the_page_names_every_file_and_every_setting_is_one():
    page = HOW_TO.read_text()
    for path in DEPLOY.rglob("*"):
        if path.is_file() and path.parent.name != "nginx":
            assert path.name in page, path.name
    reference = (ROOT / "docs" / "reference" / "settings.md").read_text()
    for name in re.findall(r"(?m)^([A-Z_]+)=", (DEPLOY / "backstory.env.example").read_text()):
        assert f"| `{name}` |" in reference, name
