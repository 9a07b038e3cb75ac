import os
import time
from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from . import times

logger = Logger(service=os.environ["SERVICE_NAME"], location=None, use_rfc3339=True, utc=True)
metrics = Metrics(namespace="Atoll", service=os.environ["SERVICE_NAME"])
metrics.set_default_dimensions(stage=os.environ["STAGE"])


@dataclass
class Usage:
    """What an invocation asks of the table. One call follows the other, so each is a round trip of its own."""

    calls: int = 0
    read_units: float = 0
    write_units: float = 0

    def __str__(self) -> str:
        return f"calls={self.calls} rounds={self.calls} read={self.read_units} write={self.write_units}"


_cold_start = True


def report(started: float, usage: Usage, outcome: str, **known) -> float:
    """One line per invocation; that of a failure is an embedded metric too. Gives the milliseconds since `started`."""
    global _cold_start
    duration = round((time.perf_counter() - started) * 1000, 3)
    line = {
        "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME"),
        "outcome": outcome,
        "coldStart": _cold_start,
        "durationMs": duration,
        "dynamoCalls": usage.calls,
        "dynamoRounds": usage.calls,
        "readUnits": usage.read_units,
        "writeUnits": usage.write_units,
        **{name: value for name, value in known.items() if value is not None},
    }
    _cold_start = False
    if outcome == "failed":
        _count({**line, "level": "ERROR", "message": "invocation", "timestamp": times.write(times.now())})
    else:
        logger.info("invocation", extra={**line, "stage": os.environ["STAGE"]})
    return duration


def _count(line: dict) -> None:
    metrics.add_metric("failures", MetricUnit.Count, 1)
    for name, value in line.items():
        metrics.add_metadata(name, value)
    metrics.flush_metrics()
