"""A minimal WebSocket client (RFC 6455) for the guides: connects, asks for what was missed, prints text frames."""
import base64
import json
import os
import socket
import struct
import sys
import urllib.parse

SECONDS = 20
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def connect(url, token):
    address = urllib.parse.urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port or 80), timeout=SECONDS)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = ("GET /ws HTTP/1.1", f"Host: {address.netloc}", "Connection: Upgrade", "Upgrade: websocket",
             "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", f"Sec-WebSocket-Protocol: atoll.v1, {token}")
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    reader = connection.makefile("rb")
    status = reader.readline().decode().strip()
    while reader.readline().strip():
        pass
    if " 101 " not in f"{status} ":
        sys.exit(f"the server refused the connection: {status}")
    return connection, reader


def send(connection, text, opcode=TEXT):
    """One frame with less than 64 KiB. Clients mask what they send."""
    data, mask = text.encode(), os.urandom(4)
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    connection.sendall(bytes([0x80 | opcode]) + size + mask + masked)


def receive(reader):
    """The next frame's opcode and data; the server sends each message in one frame."""
    first, second = reader.read(2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack(">H", reader.read(2))
    elif size == 127:
        (size,) = struct.unpack(">Q", reader.read(8))
    return first & 0x0F, reader.read(size)


def listen(url, token, count):
    connection, reader = connect(url, token)
    send(connection, json.dumps({"type": "resume", "data": {}}))
    while count:
        opcode, data = receive(reader)
        if opcode == CLOSE:
            sys.exit("the server closed the connection")
        if opcode == PING:
            send(connection, data.decode(), PONG)
        if opcode == TEXT:
            print(data.decode(), flush=True)
            count -= 1
    send(connection, "", CLOSE)


if __name__ == "__main__":
    try:
        listen(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except (OSError, ValueError) as error:
        sys.exit(f"the connection failed: {error}")
