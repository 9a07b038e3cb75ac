"""The local cloud as its users meet it: a real process, real HTTP, real AWS clients, IAM enforced."""
import io
import json
import socket
import threading
import time
import unittest
import urllib.error
import urllib.request
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from commands import cloud as clouds

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
# Answers what it got, after as many seconds as the event says; the sleep is where it can be killed.
BOOTSTRAP = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  curl -s -D headers.$$ -o event.$$ "$api/next" || exit 1
  id=$(tr -d '\\r' < headers.$$ | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
  echo "working on $(cat event.$$)"
  sleep "$(sed 's/[^0-9.]//g' event.$$)"
  curl -s -o /dev/null -X POST "$api/$id/response" --data-binary "@event.$$"
done
"""


def trust(principal):
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


class RunningCloud(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cloud = clouds.Cloud("self-test", clouds.free_port())
        cls.addClassCleanup(cls.cloud.stop)
        cls.cloud.start()

    def tearDown(self):
        self.request("DELETE", "/_local/faults")

    def client(self, service, **credentials):
        root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.cloud.url, region_name=clouds.REGION, config=ONE_ATTEMPT,
                            **{**root, **credentials})

    def request(self, method, path, body=None):
        """(status, JSON) of a request that is not an AWS call."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.cloud.url + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def fault(self, **fault):
        status, _ = self.request("POST", "/_local/faults", fault)
        self.assertEqual(status, 201)

    def assert_fails(self, code, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["ResponseMetadata"]["HTTPStatusCode"]


class Front(RunningCloud):
    def test_the_api_is_unavailable_until_it_is_deployed(self):
        status, body = self.request("GET", "/v1/health")
        self.assertEqual(status, 503)
        self.assertIn("not deployed yet", body["message"])

    def test_a_header_with_a_control_character_is_refused(self):
        with socket.create_connection((clouds.HOST, self.cloud.port), timeout=10) as connection:
            connection.sendall(b"GET /v1/health HTTP/1.1\r\nhost: localhost\r\nx-any: a\x01b\r\nconnection: close\r\n\r\n")
            self.assertIn(b" 400 ", connection.recv(4096).split(b"\r\n")[0])

    def test_the_pages_are_served(self):
        for path, title in (("/", b"Atoll local cloud"), ("/_local/mailbox", b"Mailbox")):
            with urllib.request.urlopen(self.cloud.url + path) as reply:
                self.assertIn(title, reply.read())

    def test_a_link_of_a_mail_leads_to_the_page_in_the_apps_place(self):
        request = urllib.request.Request(f"{self.cloud.url}/verify-email?token=t", headers={"accept": "text/html"})
        with urllib.request.urlopen(request) as reply:
            self.assertIn(b"Your app opens here", reply.read())

    def test_push_messages_are_found_by_the_device_in_the_words_of_its_service(self):
        client = self.client("sns")
        credential = {"PlatformCredential": "none"}
        application = client.create_platform_application(Name="a", Platform="GCM", Attributes=credential)
        devices = {"PlatformApplicationArn": application["PlatformApplicationArn"], "Token": "device-1"}
        endpoint = client.create_platform_endpoint(**devices)["EndpointArn"]
        self.assertRegex(endpoint, r"^arn:aws:sns:[^:]+:[0-9]{12}:endpoint/GCM/a/.+")
        self.assertEqual(client.create_platform_endpoint(**devices)["EndpointArn"], endpoint)
        words = {"fcmV1Message": {"message": {"notification": {"title": "t", "body": "b"}, "data": {"k": "v"}}}}
        message = json.dumps({"default": "d", "GCM": json.dumps(words)})
        client.publish(TargetArn=endpoint, Message=message, MessageStructure="json")
        _, found = self.request("GET", "/_local/push.json?token=device-1")
        self.assertEqual([(push["title"], push["body"], push["data"]) for push in found], [("t", "b", {"k": "v"})])
        self.assertEqual(self.request("GET", "/_local/push.json?token=device-2")[1], [])

    def test_unknown_local_paths_are_not_found(self):
        self.assertEqual(self.request("GET", "/_local/nothing")[0], 404)

    def test_aws_calls_reach_ministack(self):
        self.client("s3").create_bucket(Bucket="v1-files")
        self.assertEqual([bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]], ["v1-files"])

    def test_sent_mail_and_messages_are_shown(self):
        ses = self.client("sesv2")
        ses.create_email_identity(EmailIdentity="atoll.test")
        body = {"Text": {"Data": "text"}, "Html": {"Data": "<b>html</b>"}}
        for address in ("a@example.com", "b@example.com"):
            ses.send_email(FromEmailAddress="no-reply@atoll.test", Destination={"ToAddresses": [address]},
                           Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": body}})
        self.client("sns").publish(PhoneNumber="+4912345", Message="code 1")
        _, mails = self.request("GET", "/_local/mailbox.json?to=A@example.com")
        self.assertEqual([(mail["to"], mail["subject"], mail["text"], mail["html"]) for mail in mails],
                         [(["a@example.com"], "Hello", "text", "<b>html</b>")])
        _, messages = self.request("GET", "/_local/sms.json?to=%2B4912345")
        self.assertEqual([(message["to"], message["text"]) for message in messages], [("+4912345", "code 1")])
        self.assertTrue(mails[0]["sentAt"].endswith("Z") and messages[0]["sentAt"].endswith("Z"))


class MailEvents(RunningCloud):
    def test_the_simulator_s_addresses_bounce_where_the_topic_lets_ses_publish(self):
        ses, sns, sqs = self.client("sesv2"), self.client("sns"), self.client("sqs")
        ses.create_email_identity(EmailIdentity="atoll.test")
        topic = sns.create_topic(Name="feedback")["TopicArn"]
        policy = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"},
                                 "Action": "sns:Publish", "Resource": topic}]}
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
        queue = sqs.create_queue(QueueName="feedback")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allow = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
                                "Action": "sqs:SendMessage", "Resource": arn}]}
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(allow)})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        ses.create_configuration_set(ConfigurationSetName="events")
        ses.create_configuration_set_event_destination(
            ConfigurationSetName="events", EventDestinationName="topic",
            EventDestination={"Enabled": True, "MatchingEventTypes": ["BOUNCE"], "SnsDestination": {"TopicArn": topic}})

        def send(to):
            content = {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "text"}},
                       "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://example.com>"}]}
            ses.send_email(FromEmailAddress="no-reply@atoll.test", Destination={"ToAddresses": [to]},
                           Content={"Simple": content}, ConfigurationSetName="events",
                           EmailTags=[{"Name": "user", "Value": "7"}])

        def told():
            messages = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", [])
            return [json.loads(message["Body"]) for message in messages]

        for to in ("ann@example.com", "complaint@simulator.amazonses.com"):
            send(to)
        self.assertEqual(told(), [])
        send("bounce+1@simulator.amazonses.com")
        [bounced] = told()
        self.assertEqual((bounced["eventType"], bounced["bounce"]["bounceType"]), ("Bounce", "Permanent"))
        self.assertEqual(bounced["mail"]["tags"], {"user": ["7"]})
        _, mails = self.request("GET", "/_local/mailbox.json?to=ann@example.com")
        self.assertEqual(mails[0]["headers"], {"List-Unsubscribe": "<https://example.com>"})


class Table(RunningCloud):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = dict(TableName="items", BillingMode="PAY_PER_REQUEST",
                         AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                         KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])

    def setUp(self):
        self.dynamodb = self.client("dynamodb")
        self.dynamodb.create_table(**self.table)
        self.addCleanup(lambda: self.dynamodb.delete_table(TableName="items"))

    def put(self, key, client=None):
        return (client or self.dynamodb).put_item(TableName="items", Item={"pk": {"S": key}})

    def has(self, key):
        return "Item" in self.dynamodb.get_item(TableName="items", Key={"pk": {"S": key}})


class Faults(Table):
    def test_the_next_calls_fail_before_they_take_effect(self):
        self.fault(service="dynamodb", operation="PutItem", error="ThrottlingException", count=2)
        for _ in range(2):
            self.assertEqual(self.assert_fails("ThrottlingException", self.put, key="a#1"), 400)
        self.assertFalse(self.has("a#1"))
        self.put("a#1")
        self.assertTrue(self.has("a#1"))

    def test_the_errors_have_their_own_status(self):
        for error, status in (("ProvisionedThroughputExceededException", 400), ("InternalServerError", 500)):
            self.fault(service="dynamodb", error=error)
            self.assertEqual(self.assert_fails(error, self.put, key="a#1"), status)

    def test_only_the_named_keys_and_texts_are_hit(self):
        self.fault(service="dynamodb", error="ThrottlingException", keyPrefix="b#")
        self.fault(service="dynamodb", error="InternalServerError", contains="c#")
        self.put("a#1")
        self.assert_fails("ThrottlingException", self.put, key="b#1")
        self.assert_fails("InternalServerError", self.put, key="c#1")

    def test_a_call_can_take_effect_and_lose_its_answer(self):
        self.fault(service="dynamodb", error="InternalServerError", when="after")
        self.assert_fails("InternalServerError", self.put, key="a#1")
        self.assertTrue(self.has("a#1"))

    def test_a_call_can_be_slow(self):
        self.fault(service="dynamodb", delayMs=200)
        started = time.monotonic()
        self.put("a#1")
        self.assertGreater(time.monotonic() - started, 0.2)

    def test_a_slow_call_whose_caller_goes_away_has_no_effect(self):
        impatient = boto3.client("dynamodb", endpoint_url=self.cloud.url, region_name=clouds.REGION,
                                 aws_access_key_id="test", aws_secret_access_key="test",
                                 config=Config(retries={"total_max_attempts": 1}, read_timeout=0.1))
        for when, key, effect in (("before", "a#1", False), ("after", "a#2", True)):
            self.fault(service="dynamodb", delayMs=400, when=when)
            with self.assertRaises(ReadTimeoutError):
                self.put(key, impatient)
            time.sleep(0.6)
            self.assertEqual(self.has(key), effect)

    def test_a_transaction_can_be_cancelled_with_reasons(self):
        self.fault(service="dynamodb", operation="TransactWriteItems", error="TransactionCanceledException",
                   fields={"CancellationReasons": [{"Code": "TransactionConflict"}]})
        with self.assertRaises(ClientError) as caught:
            self.dynamodb.transact_write_items(
                TransactItems=[{"Put": {"TableName": "items", "Item": {"pk": {"S": "a"}}}}])
        self.assertEqual(caught.exception.response["CancellationReasons"], [{"Code": "TransactionConflict"}])

    def test_they_can_be_listed_and_cleared(self):
        self.fault(service="dynamodb", error="ThrottlingException", count=3)
        self.assert_fails("ThrottlingException", self.put, key="a#1")
        self.assertEqual([fault["count"] for fault in self.request("GET", "/_local/faults")[1]], [2])
        self.request("DELETE", "/_local/faults")
        self.put("a#1")

    def test_nonsense_is_refused(self):
        for fault in ({"service": "moon", "error": "E"}, {"service": "sqs"},
                      {"service": "sqs", "error": "E", "count": 0}, {"service": "sqs", "error": "E", "colour": 1}):
            self.assertEqual(self.request("POST", "/_local/faults", fault)[0], 400)

    def test_some_entries_of_put_events_fail_and_the_others_are_published(self):
        self.fault(service="events", operation="PutEvents", error="ThrottlingException", count=2, partial=True)
        entries = [{"Source": "s", "DetailType": str(number), "Detail": "{}"} for number in range(3)]
        answer = self.client("events").put_events(Entries=entries)
        self.assertEqual(answer["FailedEntryCount"], 2)
        self.assertEqual([entry.get("ErrorCode") for entry in answer["Entries"]],
                         ["ThrottlingException", "ThrottlingException", None])

    def test_every_protocol_has_its_errors(self):
        mail = {"FromEmailAddress": "a@b.c", "Destination": {"ToAddresses": ["d@e.f"]},
                "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}}
        for service, error, status, call, arguments in (
                ("sesv2", "TooManyRequestsException", 429, "send_email", mail),
                ("sesv2", "MessageRejected", 400, "send_email", mail),
                ("events", "ThrottlingException", 400, "put_events", {"Entries": [{"Source": "s", "DetailType": "d"}]}),
                ("sqs", "RequestThrottled", 403, "list_queues", {}),
                ("sns", "Throttling", 400, "publish", {"PhoneNumber": "+491", "Message": "m"})):
            self.fault(service=service, error=error)
            self.assertEqual(self.assert_fails(error, getattr(self.client(service), call), **arguments), status)


class Permissions(Table):
    def session(self, policy):
        """Credentials of a role with this policy, as a function has them."""
        iam, name = self.client("iam"), self.id()[-60:]
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("*"))["Role"]
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=json.dumps({"Statement": policy}))
        given = self.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session")["Credentials"]
        return {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"]}

    def test_a_role_reaches_the_keys_of_its_context_only(self):
        own = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["identity#*"]}}
        function = self.client("dynamodb", **self.session(
            [{"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": "*", "Condition": own}]))
        self.put("identity#user#1", function)
        self.assert_fails("AccessDeniedException", self.put, key="orders#order#1", client=function)
        self.assert_fails("AccessDeniedException", function.get_item, TableName="items",
                          Key={"pk": {"S": "identity#user#1"}})

    def test_a_role_sends_mail_as_the_allowed_identity_only(self):
        for identity in ("shop.test", "a@own.test"):
            self.client("sesv2").create_email_identity(EmailIdentity=identity)
        function = self.client("sesv2", **self.session([
            {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "arn:aws:ses:*:*:identity/shop.test"}]))
        mail = {"Destination": {"ToAddresses": ["d@e.f"]},
                "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}}
        function.send_email(FromEmailAddress="Shop <orders@shop.test>", **mail)
        self.assert_fails("AccessDeniedException", function.send_email, FromEmailAddress="a@own.test", **mail)


class Functions(RunningCloud):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as package:
            package.writestr("bootstrap", BOOTSTRAP)
        cls.calls = boto3.client("lambda", endpoint_url=cls.cloud.url, region_name=clouds.REGION, config=ONE_ATTEMPT,
                                 aws_access_key_id="test", aws_secret_access_key="test")
        cls.client(cls, "iam").create_role(
            RoleName="f", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
        cls.calls.create_function(FunctionName="stack-Sleep-1A2B", Runtime="provided.al2023", Handler="sleep-now",
                                  Role="arn:aws:iam::000000000000:role/f", Timeout=20,
                                  Code={"ZipFile": archive.getvalue()})

    def invoke(self, seconds):
        return self.calls.invoke(FunctionName="stack-Sleep-1A2B", Payload=str(seconds).encode())

    def wait_until_running(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if any(function["running"] for function in self.request("GET", "/_local/functions")[1]):
                return
            time.sleep(0.02)
        self.fail("the function does not run")

    def test_a_running_function_can_be_killed_and_starts_again(self):
        answers = []
        call = threading.Thread(target=lambda: answers.append(self.invoke(15)))
        call.start()
        self.wait_until_running()
        self.assertEqual(self.request("POST", "/_local/functions/sleep-now/kill")[1], {"killed": 1, "running": 1})
        call.join(timeout=5)
        self.assertEqual(answers[0]["FunctionError"], "Unhandled")
        self.assertNotIn("FunctionError", self.invoke(0))

    def test_a_restart_ends_warm_processes(self):
        self.invoke(0)
        self.assertEqual(self.request("POST", "/_local/restart", {"binaries": ["other"]})[1], {"ended": 0})
        self.assertEqual(self.request("POST", "/_local/restart")[1], {"ended": 1})
        [function] = self.request("GET", "/_local/functions")[1]
        self.assertEqual((function["binary"], function["processes"], function["running"]), ("sleep-now", 0, 0))
        self.assertEqual(function["role"], "arn:aws:iam::000000000000:role/f")

    def test_a_restart_lets_a_running_invocation_finish(self):
        answers = []
        call = threading.Thread(target=lambda: answers.append(self.invoke(1)))
        call.start()
        self.wait_until_running()
        self.request("POST", "/_local/restart")
        call.join(timeout=5)
        self.assertNotIn("FunctionError", answers[0])

    def test_an_update_lets_a_running_invocation_finish(self):
        answers = []
        call = threading.Thread(target=lambda: answers.append(self.invoke(1)))
        call.start()
        self.wait_until_running()
        self.calls.update_function_configuration(FunctionName="stack-Sleep-1A2B", Timeout=21)
        call.join(timeout=5)
        self.assertNotIn("FunctionError", answers[0])

    def test_its_lines_are_logged_under_the_binary_name(self):
        self.invoke(0.01)
        self.assertIn("sleep-now working on 0.01\n", self.cloud.function_log.read_text())

    def test_a_function_without_a_process_is_not_killed(self):
        self.assertEqual(self.request("POST", "/_local/functions/other/kill")[1], {"killed": 0, "running": 0})


class Lifetime(unittest.TestCase):
    def test_the_cloud_ends_when_the_command_that_started_it_is_gone(self):
        cloud = clouds.Cloud("self-test", clouds.free_port())
        cloud.start()
        self.addCleanup(cloud.stop)
        cloud._process.stdin.close()
        self.assertIsNotNone(cloud._process.wait(timeout=5))

    def test_a_crashed_command_is_cleaned_up_after(self):
        cloud = clouds.Cloud("self-test", clouds.free_port())
        cloud.start()
        self.addCleanup(cloud.stop)
        self.assertTrue(clouds.stop_left_over(cloud.directory))
        self.assertIsNotNone(cloud._process.wait(timeout=5))
        self.assertFalse(clouds.stop_left_over(cloud.directory))
