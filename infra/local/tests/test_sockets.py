"""The WebSocket API: the sub-protocol that a function chose, and where functions reach open sockets."""
import asyncio
import json
import os
import unittest
from unittest import mock

from ministack.services import apigateway

from cloud import sockets
from cloud.front import faults, stack


def answered(answer, message):
    """What the client gets first whose $connect a function answered so, when MiniStack sends this message."""
    sent = []

    async def send(message):
        sent.append(message)

    async def function(*_arguments):
        return answer

    async def handshake():
        send_answer = sockets.answering(send)
        await sockets.invoke(function, "api", "account", "region", {}, "live", "id", "CONNECT", "m", "", "", {})
        await send_answer({"type": message})

    asyncio.run(handshake())
    return sent[0]


def accepted(answer):
    return answered(answer, "websocket.accept").get("subprotocol")


class Refusal(unittest.TestCase):
    def test_the_client_gets_the_status_of_the_function(self):
        for status in (401, 500):
            answer = answered({"statusCode": status}, "websocket.close")
            self.assertEqual((answer["type"], answer["status"]), ("websocket.http.response.start", status))

    def test_an_open_socket_is_closed_as_before(self):
        self.assertEqual(answered({"statusCode": 200}, "websocket.close"), {"type": "websocket.close"})


class Output(unittest.TestCase):
    def test_the_url_of_the_stack_is_the_one_that_clients_use_here(self):
        aws = {"OutputKey": "WebSocketUrl", "OutputValue": "wss://0bf8b467.execute-api.localhost:4566/live"}
        sent = []

        async def send(message):
            sent.append(message)

        with (mock.patch.object(stack, "root_stack", return_value={"Outputs": [aws]}),
              mock.patch.dict(os.environ, GATEWAY_PORT="4600")):
            asyncio.run(stack.show(None, None, send))
        self.assertEqual(json.loads(sent[1]["body"])["outputs"], {"WebSocketUrl": "ws://127.0.0.1:4600/ws"})


class Protocol(unittest.TestCase):
    def test_the_client_is_told_what_the_function_chose(self):
        self.assertEqual(accepted({"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "atoll.v1"}}), "atoll.v1")

    def test_without_a_choice_nothing_is_told(self):
        for answer in (None, {"statusCode": 200}, {"statusCode": 200, "headers": None}):
            self.assertIsNone(accepted(answer))


class Endpoint(unittest.TestCase):
    def test_functions_find_the_stage_of_the_web_socket_api_only(self):
        protocols = {"web": "WEBSOCKET", "http": "HTTP"}
        with mock.patch.dict(os.environ, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}), \
                mock.patch.object(apigateway, "_api_protocol", protocols.get):
            sockets.publish_endpoint("live", {"ApiId": "http", "StageName": "$default"})
            self.assertNotIn(sockets.ENDPOINT, os.environ)
            sockets.publish_endpoint("live", {"ApiId": "web", "StageName": "live"})
            self.assertEqual(os.environ[sockets.ENDPOINT], "http://127.0.0.1:1/_aws/execute-api/web/live")


class Faults(unittest.TestCase):
    def test_calls_about_connections_have_their_names(self):
        for method, name in (("POST", "PostToConnection"), ("DELETE", "DeleteConnection")):
            scope = {"method": method, "path": "/_aws/execute-api/a/live/@connections/c", "headers": [
                (b"authorization", b"AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/execute-api/aws4_request, x")]}
            self.assertEqual(faults.call_of(scope), faults.Call("execute-api", name))
