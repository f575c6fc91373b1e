#!/usr/bin/env python3
"""forward.py PORT NETNS HOST TARGET : carries connections to 127.0.0.1:PORT of this machine to HOST:TARGET in a network namespace.

The socket that listens is made first and stays in the machine's namespace; then the program goes over into NETNS
(by nsenter, in place of itself), where its connections start. One process carries all connections, bytes as they are."""
import asyncio
import os
import socket
import sys


async def copy(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.write_eof()  # the other direction may still have something to say
    except OSError:
        writer.close()


async def carry(reader, writer, host, port):
    try:
        target_reader, target_writer = await asyncio.open_connection(host, port)
    except OSError as e:
        print('forward:', e, file=sys.stderr, flush=True)
        writer.close()
        return
    await asyncio.gather(copy(reader, target_writer), copy(target_reader, writer))
    for side in (writer, target_writer):
        side.close()


async def serve(listener, host, port):
    server = await asyncio.start_server(lambda r, w: carry(r, w, host, port), sock=listener, backlog=512)
    await server.serve_forever()


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    port, netns, host, target = sys.argv[1:]
    inherited = os.environ.pop('FORWARD_FD', None)
    if inherited is None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(('127.0.0.1', int(port)))
        listener.listen(512)
        listener.set_inheritable(True)
        os.environ['FORWARD_FD'] = str(listener.fileno())
        os.execvp('nsenter', ['nsenter', '--net=' + netns, sys.executable, os.path.abspath(__file__), *sys.argv[1:]])
    listener = socket.socket(fileno=int(inherited))
    asyncio.run(serve(listener, host, int(target)))


if __name__ == '__main__':
    main()
