#!/usr/bin/env python3
"""apache.py PATH FILE : downloads an Apache release and checks it against the SHA-512 sum beside it. It gives up soon, as a
machine without a way to the internet should not wait: 5 s for an answer, 5 minutes for all."""
import hashlib
import re
import sys
import time
import urllib.request

path, target = sys.argv[1:]
deadline = time.monotonic() + 300
for base in ('https://downloads.apache.org/', 'https://archive.apache.org/dist/'):
    try:
        with urllib.request.urlopen(base + path + '.sha512', timeout=5) as answer:
            wanted = re.search('[0-9a-f]{128}', re.sub(r'^.*?:|\s', '', answer.read(4096).decode().lower()))
        digest = hashlib.sha512()
        with urllib.request.urlopen(base + path, timeout=5) as answer, open(target, 'wb') as file:
            while data := answer.read(1 << 20):
                if time.monotonic() > deadline:
                    raise TimeoutError('it takes too long')
                digest.update(data)
                file.write(data)
        if wanted is None or digest.hexdigest() != wanted.group():
            raise ValueError('the checksum is wrong')
        sys.exit(0)
    except (OSError, ValueError) as problem:
        print(f'lab: no download of {path}: {problem}', file=sys.stderr)
sys.exit(1)
