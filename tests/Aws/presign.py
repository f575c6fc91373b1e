"""Signs sts:GetCallerIdentity in advance as `aws eks get-token` does, by botocore, at a time of the caller's choice."""
import datetime

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class Clock(datetime.datetime):
    at = None

    @classmethod
    def utcnow(cls):
        return cls.at


botocore.auth.datetime.datetime = Clock


def presigned(key, secret, token, region, host, cluster, time, expires=60):
    """The address. time is text such as 20260102T030405Z."""
    Clock.at = datetime.datetime.strptime(time, "%Y%m%dT%H%M%SZ")
    request = AWSRequest("GET", f"https://{host}/?Action=GetCallerIdentity&Version=2011-06-15", headers={"x-k8s-aws-id": cluster})
    botocore.auth.SigV4QueryAuth(Credentials(key, secret, token), "sts", region, expires=expires).add_auth(request)
    return request.url
