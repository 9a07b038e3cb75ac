"""DynamoDB streams to Lambda: retries, bisection, partial failures and OnFailure, per mapping, in order.

MiniStack drops the records of a batch that a function reports as failed, and one slow function holds up
all others. Here every mapping delivers in a thread of its own, one batch at a time.
"""
import threading
import time
from dataclasses import dataclass

from ministack.core.responses import request_scope
from ministack.services import dynamodb, lambda_svc

from .patching import replace, require

RETRY_PAUSE_SECONDS = 0.2
DEFAULT_BATCH_RECORDS = 100

_mappings = {}  # mapping id -> Progress


class Progress:
    """Where one mapping stands: whether it is delivering, and how often the batch in hand has failed."""

    def __init__(self):
        self.delivering = False
        self.failures = 0
        self.limit = None  # records per batch while a failing batch is being halved

    def reset(self):
        self.failures, self.limit = 0, None


def install():
    for name, parameters in (
            ("_iter_all_esms", ""), ("_apply_filter_criteria", "records esm"), ("_execute_function", "func event"),
            ("_get_func_record_for_qualifier", "name qualifier"), ("_release_esm_poll_state", "esm_id"),
            ("_send_ddb_stream_failure_record", "esm func_rec batch stream_arn result condition")):
        require(lambda_svc, name, parameters)
    require(dynamodb, "stream_start_position", "table_name account_id region")
    require(dynamodb, "stream_records_since", "table_name position limit account_id region")
    replace(lambda_svc, "_poll_dynamodb_streams", "")(lambda _poll: poll())
    replace(lambda_svc, "_release_esm_poll_state", "esm_id")(forget)


def forget(release, mapping_id):
    _mappings.pop(mapping_id, None)
    release(mapping_id)


def poll():
    """Start a delivery for every mapping that has none; called by MiniStack whenever a source has news."""
    for account, region, mapping in lambda_svc._iter_all_esms():
        if not mapping.get("Enabled", True) or "/stream/" not in mapping.get("EventSourceArn", ""):
            continue
        progress = _mappings.setdefault(mapping["UUID"], Progress())
        if not progress.delivering and not pausing(account, region, mapping):
            progress.delivering = True
            threading.Thread(target=run, args=(account, region, mapping, progress), daemon=True).start()
    return False


def pausing(account, region, mapping):
    until = lambda_svc._esm_backoff_until.get_scoped(account, region, mapping["UUID"], 0)
    return until > time.time()


def run(account, region, mapping, progress):
    try:
        with request_scope(account, region):
            while deliver(mapping, progress):
                pass
    finally:
        progress.delivering = False


def deliver(mapping, progress):
    """Deliver one batch; true if there may be another one to deliver at once."""
    batch = next_batch(mapping, progress)
    if batch is None:
        return False
    result = lambda_svc._execute_function(batch.function, {"Records": batch.wanted}) if batch.wanted else {}
    done = records_done(batch, mapping, result)
    if done == 0:
        if mapping.get("BisectBatchOnFunctionError") and len(batch.records) > 1:
            progress.limit = len(batch.records) // 2
            return True
        reason = reason_to_give_up(mapping, progress, batch)
        if reason is None:
            progress.failures += 1
            pause(mapping)
            return False
        lambda_svc._send_ddb_stream_failure_record(
            mapping, batch.function, batch.wanted, mapping["EventSourceArn"], result, reason)
        done = len(batch.records)
    progress.reset()
    lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = batch.position + done
    return True


def pause(mapping):
    """Leave a failing mapping alone for a moment, then have MiniStack's poller look at it again."""
    lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + RETRY_PAUSE_SECONDS
    threading.Timer(RETRY_PAUSE_SECONDS, lambda_svc._esm_wake.set).start()


@dataclass
class Batch:
    function: dict
    position: int
    records: list  # as they are in the stream
    wanted: list  # those that the mapping's filter lets through


def next_batch(mapping, progress):
    """The records that come next, or None if there are none or the mapping or its function is gone."""
    table, mapping_id = mapping["EventSourceArn"].split("/")[1], mapping["UUID"]
    function, _config = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    reached = lambda_svc._dynamodb_stream_positions.get(mapping_id, 0)
    position = max(reached, dynamodb.stream_start_position(table))
    limit = progress.limit or mapping.get("BatchSize", DEFAULT_BATCH_RECORDS)
    records = dynamodb.stream_records_since(table, position, limit)
    if not function or not records or mapping_id not in lambda_svc._esms:
        return None
    return Batch(function, position, records, lambda_svc._apply_filter_criteria(records, mapping))


def reason_to_give_up(mapping, progress, batch):
    """Without limits, or with -1, a batch is retried until its records leave the stream."""
    oldest = min(record["dynamodb"].get("ApproximateCreationDateTime", time.time()) for record in batch.wanted)
    if 0 <= limit_of(mapping, "MaximumRecordAgeInSeconds") < time.time() - oldest:
        return "MaxRecordAgeExceeded"
    if 0 <= limit_of(mapping, "MaximumRetryAttempts") <= progress.failures:
        return "RetryAttemptsExhausted"
    return None


def limit_of(mapping, name):
    value = mapping.get(name)
    return -1 if value is None else int(value)


def records_done(batch, mapping, result):
    """How many records from the front are dealt with: all, none, or those before the first failed one."""
    if result.get("error"):
        return 0
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        return len(batch.records)
    failed = failed_identifiers(result.get("body"))
    if failed is None or not failed <= {sequence_number(record) for record in batch.wanted}:
        return 0  # an answer that AWS cannot read, or that names a record it did not send, fails the batch
    return next((index for index, record in enumerate(batch.records) if sequence_number(record) in failed),
                len(batch.records))


def failed_identifiers(body):
    """The identifiers that a function reports as failed; None if its answer has another shape."""
    failures = (body or {}).get("batchItemFailures") or [] if isinstance(body, (dict, type(None))) else None
    if not isinstance(failures, list):
        return None
    identifiers = {item.get("itemIdentifier") if isinstance(item, dict) else None for item in failures}
    return identifiers if all(isinstance(item, str) and item for item in identifiers) else None


def sequence_number(record):
    return record["dynamodb"]["SequenceNumber"]
