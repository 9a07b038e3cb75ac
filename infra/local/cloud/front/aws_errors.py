"""Error answers as the AWS services write them."""
import json
import uuid
from xml.sax.saxutils import escape

from .asgi import send_bytes

STATUS = {
    "GoneException": 410,
    "INTERNAL_SERVER_ERROR": 500,
    "InternalException": 500,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "LimitExceededException": 429,
    "OverLimit": 403,
    "RATE_LIMIT_REACHED": 429,
    "RequestThrottled": 403,
    "SERVICE_UNAVAILABLE": 503,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
    "TooManyRequestsException": 429,
    "api_error": 500,
    "rate_limit": 429,
}
DEFAULT_STATUS = 400

NAMESPACE = {"dynamodb": "com.amazonaws.dynamodb.v20120810#", "sqs": "com.amazonaws.sqs#"}
# Its front end refuses these before DynamoDB's own code sees the request.
NAMESPACE_OF_ERROR = {("dynamodb", "ThrottlingException"): "com.amazon.coral.availability#"}


async def send_error(send, fault):
    """No x-amz-crc32: SDKs verify it only when it is there."""
    request_id = str(uuid.uuid4())
    status = fault.status or STATUS.get(fault.error, DEFAULT_STATUS)
    content_type, headers, body = WRITERS.get(fault.service, as_json)(fault, request_id)
    await send_bytes(send, status, body, content_type, [("x-amzn-requestid", request_id), *headers])


def as_json(fault, _request_id):
    namespace = NAMESPACE_OF_ERROR.get((fault.service, fault.error), NAMESPACE.get(fault.service, ""))
    body = {"__type": namespace + fault.error, "message": fault.message, **fault.fields}
    return "application/x-amz-json-1.0", [], json.dumps(body).encode()


def as_rest_json(fault, _request_id):
    body = {"message": fault.message, **fault.fields}
    return "application/json", [("x-amzn-errortype", fault.error)], json.dumps(body).encode()


def as_payment_error(fault, _request_id):
    """As the payment provider words it, which is no service of AWS."""
    body = {"error": {"type": "api_error", "code": fault.error, "message": fault.message, **fault.fields}}
    return "application/json", [], json.dumps(body).encode()


def as_paypal_error(fault, request_id):
    body = {"name": fault.error, "message": fault.message, "debug_id": request_id[:13], "details": [], **fault.fields}
    return "application/json", [], json.dumps(body).encode()


def as_xml(fault, request_id):
    body = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(fault.error)}</Code>"
            f"<Message>{escape(fault.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>")
    return "text/xml", [], body.encode()


def as_s3_xml(fault, request_id):
    body = (f"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{escape(fault.error)}</Code>"
            f"<Message>{escape(fault.message)}</Message><RequestId>{request_id}</RequestId></Error>")
    return "application/xml", [], body.encode()


WRITERS = {"execute-api": as_rest_json, "payments": as_payment_error, "paypal": as_paypal_error, "s3": as_s3_xml,
           "sesv2": as_rest_json, "sns": as_xml}
