#!/usr/bin/env python3
"""Container images without a registry or a daemon: a folder in the OCI image layout, blobs shared between images.

mkimage.py layer STORE FOLDER                    packs FOLDER as a layer, prints its digest
mkimage.py image STORE NAME FACTS CONFIG LAYER…  writes an image of layers (digests, lowest first); FACTS and CONFIG are JSON
mkimage.py export STORE NAME…                    writes an archive of these images for `ctr images import -` to the standard output

The same input gives the same digests: entries are sorted and have no times."""
import hashlib
import io
import json
import os
import sys
import tarfile

LAYER = 'application/vnd.oci.image.layer.v1.tar'
CONFIG = 'application/vnd.oci.image.config.v1+json'
MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
INDEX = 'application/vnd.oci.image.index.v1+json'


class HashingFile:
    """Writes to a file and hashes what goes through."""

    def __init__(self, file):
        self.file, self.hash, self.size = file, hashlib.sha256(), 0

    def write(self, data):
        self.hash.update(data)
        self.size += len(data)
        return self.file.write(data)


def blob_path(store, digest):
    return os.path.join(store, 'blobs', 'sha256', digest.removeprefix('sha256:'))


def put(store, write):
    """Keeps what write(file) writes as a blob and returns its digest and size."""
    os.makedirs(os.path.join(store, 'blobs', 'sha256'), exist_ok=True)
    new = os.path.join(store, 'blobs', f'new.{os.getpid()}')
    with open(new, 'wb') as file:
        hashing = HashingFile(file)
        write(hashing)
    digest = 'sha256:' + hashing.hash.hexdigest()
    os.replace(new, blob_path(store, digest))
    return digest, hashing.size


def put_json(store, media_type, value):
    digest, size = put(store, lambda f: f.write(json.dumps(value, sort_keys=True).encode()))
    return {'mediaType': media_type, 'digest': digest, 'size': size}


def layer(store, folder):
    def timeless(entry):
        entry.mtime, entry.uname, entry.gname = 0, '', ''
        return entry

    def write(file):
        with tarfile.open(fileobj=file, mode='w|', format=tarfile.PAX_FORMAT) as tar:
            for name in sorted(os.listdir(folder)):
                tar.add(os.path.join(folder, name), arcname=name, filter=timeless)

    print(put(store, write)[0])


def image(store, name, facts, config, *layers):
    facts, config = json.loads(facts), json.loads(config)
    machine = {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(os.uname().machine, os.uname().machine)
    created = '1970-01-01T00:00:00Z'
    manifest = {
        'schemaVersion': 2, 'mediaType': MANIFEST,
        'config': put_json(store, CONFIG, {
            'architecture': machine, 'os': 'linux', 'created': created, 'config': config,
            'rootfs': {'type': 'layers', 'diff_ids': list(layers)},
            'history': [{'created': created, 'created_by': 'mkimage.py'}] * len(layers)}),
        'layers': [{'mediaType': LAYER, 'digest': d, 'size': os.path.getsize(blob_path(store, d))} for d in layers]}
    facts['manifest'] = put_json(store, MANIFEST, manifest)
    facts['size'] = sum(part['size'] for part in manifest['layers'])
    with open(os.path.join(store, name + '.json.new'), 'w', encoding='utf-8') as file:
        json.dump(facts, file, indent=1, sort_keys=True)
        file.write('\n')
    os.replace(os.path.join(store, name + '.json.new'), os.path.join(store, name + '.json'))


def export(store, *names):
    manifests, blobs = [], {}
    for name in names:
        with open(os.path.join(store, name + '.json'), encoding='utf-8') as file:
            facts = json.load(file)
        descriptor = facts['manifest']
        manifests.append(descriptor | {'annotations': {
            'io.containerd.image.name': facts['ref'], 'org.opencontainers.image.ref.name': facts['ref'].rsplit(':', 1)[1]}})
        with open(blob_path(store, descriptor['digest']), encoding='utf-8') as file:
            manifest = json.load(file)
        for part in [descriptor, manifest['config'], *manifest['layers']]:
            blobs[part['digest']] = part['size']
    with tarfile.open(fileobj=sys.stdout.buffer, mode='w|') as tar:
        def add(name, size, file):
            entry = tarfile.TarInfo(name)
            entry.size = size
            tar.addfile(entry, file)

        for name, value in (('oci-layout', {'imageLayoutVersion': '1.0.0'}),
                            ('index.json', {'schemaVersion': 2, 'mediaType': INDEX, 'manifests': manifests})):
            data = json.dumps(value).encode()
            add(name, len(data), io.BytesIO(data))
        for digest, size in blobs.items():
            with open(blob_path(store, digest), 'rb') as file:
                add('blobs/sha256/' + digest.removeprefix('sha256:'), size, file)


if __name__ == '__main__':
    verbs = {'layer': layer, 'image': image, 'export': export}
    if len(sys.argv) < 4 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    verbs[sys.argv[1]](*sys.argv[2:])
