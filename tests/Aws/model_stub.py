"""A stand-in for EKS that is driven by AWS's own model of it.

    model_stub.py MODEL KEY:SECRET...      prints "listening PORT"; serves 127.0.0.1 until its standard input ends

Each request is found in the model by method and path, its signature is computed again by botocore, and path, query and body are held
against the input shape: unknown members, required ones, types, enums, patterns, lengths and ranges. What does not fit is answered with
400 ModelViolation. The answer is the output shape, filled, with what the request named carried over and every status ACTIVE.

What EKS does when it is slow or ill comes as a script: POST /_stub/script with {"OPERATION": [STEP, ...]}; the first step that fits is
used up by a request. A step has
    "when":   members of the request that must be equal
    "times":  how many requests it serves (default 1; 0 = all that come)
    "output": members that replace those of the filled shape (null takes one away)
    "status", "code", "message", "headers", "body": an answer as it is, an error of AWS where there is a code
    "after":  seconds to wait before the answer
    "drop":   true = the connection is closed without an answer
GET /_stub/log gives the requests so far; POST /_stub/reset forgets scripts and log.
"""
import datetime
import http.server
import json
import re
import sys
import threading
import time
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

MODEL = json.load(open(sys.argv[1], encoding="utf-8"))
KEYS = dict(pair.split(":", 1) for pair in sys.argv[2:])
SHAPES = MODEL["shapes"]
LOCK = threading.Lock()
script, log = {}, []


def find(method, path):
    """The operation of a request with the members that its path holds."""
    for name, operation in MODEL["operations"].items():
        uri = operation["http"]["requestUri"].split("?")[0]
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(uri))
        match = re.fullmatch(pattern, path)
        if match and operation["http"]["method"] == method:
            return name, operation, {k: urllib.parse.unquote(v) for k, v in match.groupdict().items()}
    return None, None, None


def check(shape_name, value, where, wrong):
    """Holds a JSON value against a shape."""
    shape = SHAPES[shape_name]
    kind = shape["type"]
    types = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool, "integer": int, "long": int, "timestamp": (int, float)}[kind]
    if not isinstance(value, types) or (kind in ("integer", "long") and isinstance(value, bool)):
        wrong.append(f"{where}: {type(value).__name__} where the model has {kind}")
        return
    if kind == "structure":
        wrong += [f"{where}: unknown member {m}" for m in value if m not in shape["members"]]
        wrong += [f"{where}: required member {m} is missing" for m in shape.get("required", []) if m not in value]
        for member, inner in value.items():
            if member in shape["members"]:
                check(shape["members"][member]["shape"], inner, f"{where}.{member}", wrong)
    elif kind == "list":
        for i, inner in enumerate(value):
            check(shape["member"]["shape"], inner, f"{where}[{i}]", wrong)
    elif kind == "map":
        for key, inner in value.items():
            check(shape["key"]["shape"], key, f"{where} key", wrong)
            check(shape["value"]["shape"], inner, f"{where}[{key}]", wrong)
    elif kind == "string":
        if "enum" in shape and value not in shape["enum"]:
            wrong.append(f"{where}: '{value}' is none of {shape['enum']}")
        if "pattern" in shape and not re.search(shape["pattern"], value):
            wrong.append(f"{where}: '{value}' does not fit {shape['pattern']}")
    size = value if kind in ("integer", "long") else len(value) if kind in ("string", "list", "map") else None
    if size is not None and not shape.get("min", size) <= size <= shape.get("max", size):
        wrong.append(f"{where}: {size} is not within {shape.get('min')}..{shape.get('max')}")


def fill(shape_name, name, given, depth=0):
    """A value of a shape; members that the request named keep their values."""
    shape = SHAPES[shape_name]
    kind = shape["type"]
    if kind == "structure":
        members = {m: r["shape"] for m, r in shape["members"].items() if depth < 8}
        return {m: given[m] if isinstance(given.get(m), str) and SHAPES[s]["type"] == "string" else fill(s, m, given, depth + 1) for m, s in members.items() if m != "nextToken"}
    if kind == "list":
        return [fill(shape["member"]["shape"], name, given, depth + 1)] if depth < 8 else []
    if kind == "map":
        return {"key": fill(shape["value"]["shape"], name, given, depth + 1)}
    if kind == "string":
        return "ACTIVE" if "ACTIVE" in shape.get("enum", []) else shape["enum"][0] if "enum" in shape else f"the-{name}"
    return {"boolean": True, "timestamp": 1700000000.123}.get(kind, max(1, shape.get("min", 1)))


def merge(filled, output):
    for member, value in output.items():
        if value is None:
            filled.pop(member, None)
        elif isinstance(value, dict) and isinstance(filled.get(member), dict):
            merge(filled[member], value)
        else:
            filled[member] = value
    return filled


def unsigned(request, body):
    """Why a signature is not good; None where it is."""
    match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", request.headers.get("Authorization", ""))
    if not match:
        return "MissingAuthenticationTokenException", "Missing Authentication Token"
    key, _, region, service, signed, signature = match.groups()
    if key not in KEYS:
        return "UnrecognizedClientException", "The security token included in the request is invalid."
    again = AWSRequest(request.command, f"http://{request.headers['Host']}{request.path}", data=body, headers={h: request.headers[h] for h in signed.split(";")})
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    if "?" in request.path:  # botocore reads the query from params, or from the address as it is
        again.url = f"http://{request.headers['Host']}{request.path}"
    signer = SigV4Auth(Credentials(key, KEYS[key]), service, region)
    if signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again) != signature:
        return "InvalidSignatureException", "The request signature we calculated does not match the signature you provided."
    age = abs((datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")).total_seconds())
    return ("InvalidSignatureException", "Signature expired") if age > 300 else None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, headers=None):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "x-amzn-RequestId": "request-1", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def error(self, status, code, message):
        self.answer(status, {"message": message}, {"x-amzn-ErrorType": code})

    def step(self, name, given):
        with LOCK:
            for step in script.get(name, []):
                if all(given.get(k) == v for k, v in step.get("when", {}).items()):
                    left = step.get("times", 1)
                    if left == 1:
                        script[name].remove(step)
                    elif left > 1:
                        step["times"] = left - 1
                    return step
        return {}

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        if path.startswith("/_stub/"):
            return self.control(path, body)
        name, operation, given = find(self.command, path)
        wrong = []
        if operation is None:
            wrong.append(f"{self.command} {path} is no operation")
        else:
            given = self.read(operation, given, query, body, wrong)
        with LOCK:
            log.append({"operation": name, "method": self.command, "path": self.path, "input": given, "wrong": wrong, "headers": {k.lower(): v for k, v in self.headers.items()}})
        refused = unsigned(self, body) if KEYS else None
        if refused:
            return self.error(403, *refused)
        if wrong:
            return self.error(400, "ModelViolation", "; ".join(wrong))
        step = self.step(name, given)
        time.sleep(step.get("after", 0))
        if step.get("drop"):
            self.close_connection = True
            return self.connection.close()
        if "code" in step:
            return self.answer(step.get("status", 400), {"message": step.get("message", step["code"])}, {"x-amzn-ErrorType": step["code"], **step.get("headers", {})})
        if "body" in step:
            return self.answer(step.get("status", 200), step["body"], step.get("headers"))
        return self.answer(step.get("status", 200), merge(fill(operation["output"]["shape"], name, given), step.get("output", {})), step.get("headers"))

    def read(self, operation, uri, query, body, wrong):
        shape = SHAPES[operation["input"]["shape"]]
        given, queries = {}, urllib.parse.parse_qs(query, keep_blank_values=True)
        for member, reference in shape["members"].items():
            kind = SHAPES[reference["shape"]]["type"]
            where, place = reference.get("location"), reference.get("locationName", member)
            if where == "uri":
                given[member] = uri[place]
            elif where == "querystring" and place in queries:
                values = queries.pop(place)
                given[member] = values if kind == "list" else {"true": True, "false": False}.get(values[0], values[0]) if kind == "boolean" else int(values[0]) if kind == "integer" else values[0]
        wrong += [f"unknown query {q}" for q in queries]
        if body:
            content = json.loads(body)
            in_body = {m for m, r in shape["members"].items() if "location" not in r}
            wrong += [f"unknown member {m} in the body" for m in content if m not in in_body]
            given |= {m: v for m, v in content.items() if m in in_body}
        check(operation["input"]["shape"], given, "", wrong)
        return given

    def control(self, path, body):
        with LOCK:
            if path == "/_stub/script":
                for name, steps in json.loads(body).items():
                    script.setdefault(name, []).extend(steps)
                    if name not in MODEL["operations"]:
                        return self.error(400, "NoOperation", name)
            elif path == "/_stub/reset":
                script.clear()
                log.clear()
            return self.answer(200, log if path == "/_stub/log" else {})

    do_GET = do_POST = do_DELETE = do_PUT = serve

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening {server.server_port}", flush=True)
    sys.stdin.read()
