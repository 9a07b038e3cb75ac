"""Requests over connections that stay open."""
import socket
import threading
import unittest

from client import Client

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Connections(unittest.TestCase):
    def serve(self, *answers):
        """The URL of a server that answers once per connection, as listed, and closes it."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def accept():
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 10)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def test_a_connection_that_was_closed_while_it_was_idle_is_opened_again(self):
        client = Client(self.serve(ANSWER, ANSWER))
        self.assertEqual([client.get("/a"), client.get("/b")], [{}, {}])

    def test_a_new_connection_that_is_closed_without_an_answer_is_a_failure(self):
        with self.assertRaisesRegex(OSError, "GET /a: RemoteDisconnected"):
            Client(self.serve(b"")).get("/a")
