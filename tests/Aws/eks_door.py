"""What EKS puts before an API server: the check of its tokens. What passes goes on to a real API server as an ordinary user of it.

    eks_door.py KUBECONFIG.json KEY:SECRET CLUSTER      prints "listening PORT CA", CA being the base64 text that DescribeCluster gives

A token is the address of a presigned sts:GetCallerIdentity. EKS sends it to STS; here botocore signs the same request again, and host,
cluster, age and signature have to agree. A connection carries one request, so that each is judged (or one stream, as a port-forward is).
"""
import asyncio
import base64
import datetime
import ipaddress
import json
import os
import ssl
import sys
import tempfile
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from presign import presigned

kubeconfig = json.load(open(sys.argv[1], encoding="utf-8"))
where, user = kubeconfig["clusters"][0]["cluster"], kubeconfig["users"][0]["user"]
key, secret = sys.argv[2].split(":", 1)
cluster = sys.argv[3]


def wrong(token):
    """Why a token is not good; None where it is."""
    if not token.startswith("k8s-aws-v1."):
        return "no token of EKS"
    text = token.removeprefix("k8s-aws-v1.")
    url = urllib.parse.urlsplit(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    query = dict(urllib.parse.parse_qsl(url.query))
    at = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    if abs((datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - at).total_seconds()) > 900:
        return "older than 15 minutes"
    owner, _, region, service, _ = query["X-Amz-Credential"].split("/")
    if (owner, service, url.hostname) != (key, "sts", f"sts.{region}.amazonaws.com"):
        return f"for {service} at {url.hostname} by {owner}"
    again = presigned(key, secret, None, region, url.hostname, cluster, query["X-Amz-Date"], int(query["X-Amz-Expires"]))
    signature = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(again).query))["X-Amz-Signature"]
    return None if signature == query["X-Amz-Signature"] else "its signature does not agree"


def certificate(folder):
    """A certificate of this door that is its own authority."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "eks-door")])
    now = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now).not_valid_after(datetime.datetime(2100, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(private, hashes.SHA256())
    ).public_bytes(serialization.Encoding.PEM)
    secret_key = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return write(folder, "door.pem", made + secret_key), made


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def serve(reader, writer, upstream, trust):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        return writer.close()
    lines = head.split("\r\n")
    token = next((line.split(" ", 2)[2] for line in lines if line.lower().startswith("authorization: bearer ")), "")
    try:
        reason = wrong(token)
    except (KeyError, ValueError) as problem:
        reason = f"cannot be read: {problem}"
    if reason:
        body = json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "Unauthorized", "reason": "Unauthorized", "code": 401})
        print(f"refused: {reason}", file=sys.stderr, flush=True)
        writer.write(f"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        return writer.close()
    there, onward = await asyncio.open_connection(upstream.hostname, upstream.port, ssl=trust, server_hostname=upstream.hostname)
    stream = any(line.lower().startswith("upgrade:") for line in lines)
    kept = [line for line in lines[1:-2] if not line.lower().startswith(("authorization:",) if stream else ("authorization:", "connection:"))]
    kept += [f"Authorization: Bearer {user['token']}"] + ([] if stream else ["Connection: close"])
    onward.write("\r\n".join([lines[0], *kept, "", ""]).encode("latin-1"))
    await asyncio.gather(pump(reader, onward), pump(there, writer))


async def main():
    with tempfile.TemporaryDirectory() as folder:
        authority = write(folder, "authority.pem", base64.b64decode(where["certificate-authority-data"]))
        trust = ssl.create_default_context(cafile=authority)
        own, public = certificate(folder)
        door = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        door.load_cert_chain(own)
        upstream = urllib.parse.urlsplit(where["server"])
        server = await asyncio.start_server(lambda r, w: serve(r, w, upstream, trust), "127.0.0.1", 0, ssl=door, limit=1 << 20)
        print(f"listening {server.sockets[0].getsockname()[1]} {base64.b64encode(public).decode()}", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
