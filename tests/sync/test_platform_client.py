"""The client's doubt: what it takes for an answer of the province and what it does not."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.sync import wire
from desktop.sync.platform_client import PlatformClient, PlatformError

from .test_wire import snapshot


def test_plain_http_is_only_for_this_machine() -> None:
    with pytest.raises(ValueError, match="https"):
        PlatformClient("http://platform.example.invalid", "T-1", "token")


def test_a_foreign_certificate_is_told_apart_and_nothing_is_sent(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal")])
    today = datetime.now(UTC)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(1).not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(1))
                   .sign(key, hashes.SHA256()))
    pem = tmp_path / "portal.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve() -> None:
            connection, _ = listener.accept()
            with contextlib.closing(connection), contextlib.suppress(ssl.SSLError, OSError), \
                    context.wrap_socket(connection, server_side=True) as talk:
                heard.append(talk.recv(100))
        thread = threading.Thread(target=serve)
        thread.start()
        client = PlatformClient(f"https://127.0.0.1:{listener.getsockname()[1]}", "T-1", "token")
        with pytest.raises(PlatformError) as said:
            client.health()
        client.close()
        thread.join()
    assert said.value.code == "platform.certificate"
    assert heard in ([], [b""])


@contextmanager
def answering(*reply: bytes) -> Iterator[PlatformClient]:
    """A server on loopback that says these bytes to every connection, whatever it is asked."""
    with server(list(reply)) as client:
        yield client


@contextmanager
def server(reply: list[bytes]) -> Iterator[PlatformClient]:
    """The same; what it says may change."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(2)
                        connection.recv(65536)
                        connection.sendall(b"".join(reply))
                        connection.shutdown(socket.SHUT_WR)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        client = PlatformClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "T-1", "token", timeout=2)
        yield client
        client.close()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def said(status: str, media_type: str, body: str, *more: str) -> bytes:
    length = len(body.encode())
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {length}",
                        "Connection: close", *more, "", body]).encode()


PROBLEM = "application/problem+json"
HEALTH = '{"service": "oncedesk-platform", "version": "1.0.0", "time": "2026-11-22T02:30:00Z"}'


def test_the_province_is_known_by_its_answer() -> None:
    with answering(said("200 OK", "application/json", HEALTH)) as client:
        assert client.health().time == datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(("reply", "code"), [
    (said("302 Found", "text/html", "", "Location: http://portal.invalid/"), "platform.not_the_platform"),
    (said("200 OK", "text/html", HEALTH), "platform.not_the_platform"),
    (said("201 Created", "application/json", HEALTH), "platform.not_the_platform"),
    (said("200 OK", "application/json", HEALTH.replace("oncedesk", "other")), "platform.not_the_platform"),
    (said("200 OK", "application/json", HEALTH, "Content-Encoding: gzip"), "platform.not_the_platform"),
    (said("403 Forbidden", "text/html", "<h1>proxy</h1>"), "platform.not_the_platform"),
    (said("422 No", "application/json", '{"code": "case_refused"}'), "platform.not_the_platform"),
    (said("403 Forbidden", PROBLEM, '{"code": "forbidden"}'), "platform.not_allowed"),
    (said("422 No", PROBLEM, '{"code": "case_refused", "reason": "x"}'), "platform.refused"),
    (said("422 No", PROBLEM, '{"code": "idempotency_mismatch"}'), "platform.key_reused"),
    (said("409 No", PROBLEM, '{"code": "revision_superseded"}'), "platform.superseded"),
    (said("400 No", PROBLEM, '{"code": "malformed"}'), "platform.rejected"),
    (said("502 Bad", "text/html", ""), "platform.fault"),
    (said("503 Busy", "text/html", "", "Retry-After: 7"), "platform.busy"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf", "platform.no_answer"),
    (b"SSH-2.0-OpenSSH\r\n", "platform.no_answer"),
    (b"", "platform.no_answer"),
])
def test_every_other_answer_has_its_name(reply: bytes, code: str) -> None:
    with answering(reply) as client, pytest.raises(PlatformError) as error:
        client.health()
    assert error.value.code == code


def receipt(**other: object) -> bytes:
    message = wire.message(snapshot())
    return said("201 Created", "application/json", json.dumps({
        "receipt_no": "SL1", "case_uuid": message.case_uuid, "revision": 1, "body_sha256": message.sha256,
        "evidence": list(message.evidence), "received_at": "2026-11-22T02:30:05Z", "status": "accepted", **other}))


def test_a_receipt_for_exactly_this_message_is_believed() -> None:
    with answering(receipt()) as client:
        assert client.complete(wire.message(snapshot())).receipt_no == "SL1"


@pytest.mark.parametrize("other", [
    {"case_uuid": "00000000-0000-4000-8000-000000000000"}, {"revision": 2}, {"revision": "1"}, {"body_sha256": "0" * 64},
    {"evidence": []}, {"evidence": ["0" * 64]}, {"status": "received"}, {"receipt_no": ""}, {"received_at": "today"}])
def test_a_receipt_that_speaks_of_anything_else_is_not(other: dict[str, object]) -> None:
    with answering(receipt(**other)) as client, pytest.raises(PlatformError) as error:
        client.complete(wire.message(snapshot()))
    assert error.value.code == "platform.bad_answer"


@pytest.fixture(scope="module")
def parrot() -> Iterator[tuple[list[bytes], PlatformClient]]:
    reply: list[bytes] = []
    with server(reply) as client:
        yield reply, client


@settings(max_examples=100, deadline=None)
@given(body=st.one_of(st.binary(max_size=300), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["events", "next", "more", "x"]), inner, max_size=4), max_leaves=8).map(
            lambda value: json.dumps(value).encode())))
def test_no_body_whatsoever_breaks_the_client(parrot: tuple[list[bytes], PlatformClient], body: bytes) -> None:
    reply, client = parrot
    reply[:] = [said("200 OK", "application/json", "").replace(b"Length: 0", b"Length: %d" % len(body)), body]
    with contextlib.suppress(PlatformError):
        client.progress("")
        assert b"next" in body


def test_a_dripping_answer_is_given_up() -> None:
    """Each byte comes in time for the read timeout, the whole never does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n")
                while not ended.wait(0.05):
                    connection.sendall(b" ")
        thread = threading.Thread(target=serve)
        thread.start()
        client = PlatformClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "T-1", "token", timeout=0.2)
        with pytest.raises(PlatformError) as error:
            client.health()
        ended.set()
        client.close()
        thread.join()
    assert error.value.code == "platform.no_answer"
