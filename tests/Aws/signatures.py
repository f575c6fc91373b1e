"""Presigns as `aws eks get-token` does, by botocore: one JSON object a line in, {"url": ...} a line out.

In: key, secret, token (or null), region, host, cluster, time (20260102T030405Z).
"""
import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class Clock(datetime.datetime):
    at = None

    @classmethod
    def utcnow(cls):
        return cls.at


botocore.auth.datetime.datetime = Clock
for line in sys.stdin:
    r = json.loads(line)
    Clock.at = datetime.datetime.strptime(r["time"], "%Y%m%dT%H%M%SZ")
    request = AWSRequest("GET", f"https://{r['host']}/?Action=GetCallerIdentity&Version=2011-06-15", headers={"x-k8s-aws-id": r["cluster"]})
    botocore.auth.SigV4QueryAuth(Credentials(r["key"], r["secret"], r["token"]), "sts", r["region"], expires=60).add_auth(request)
    print(json.dumps({"url": request.url}), flush=True)
