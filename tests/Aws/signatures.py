"""Presigns as `aws eks get-token` does, by botocore: one JSON object a line in, {"url": ...} a line out.

In: key, secret, token (or null), region, host, cluster, time (20260102T030405Z).
"""
import json
import sys

from presign import presigned

for line in sys.stdin:
    print(json.dumps({"url": presigned(**json.loads(line))}), flush=True)
