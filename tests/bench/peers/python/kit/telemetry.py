import os
import time
from dataclasses import dataclass

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from . import times

logger = Logger(service=os.environ["SERVICE_NAME"])
metrics = Metrics(namespace="Atoll", service=os.environ["SERVICE_NAME"])
metrics.set_default_dimensions(stage=os.environ["STAGE"])


@dataclass
class Usage:
    """What an invocation asks of the table."""

    calls: int = 0
    read_units: float = 0
    write_units: float = 0


_first = True


def report(started: float, usage: Usage, outcome: str, **known) -> float:
    """One line per invocation: an embedded metric with all that is known of it as metadata. Gives the milliseconds."""
    global _first
    duration = round((time.perf_counter() - started) * 1000, 3)
    failed = outcome == "failed"
    metrics.add_metric("durationMs", MetricUnit.Milliseconds, duration)
    metrics.add_metric("failures", MetricUnit.Count, int(failed))
    metrics.add_metric("dynamoCalls", MetricUnit.Count, usage.calls)
    metrics.add_metric("readUnits", MetricUnit.Count, usage.read_units)
    metrics.add_metric("writeUnits", MetricUnit.Count, usage.write_units)
    line = {
        "timestamp": times.write(times.now()),
        "level": "ERROR" if failed else "INFO",
        "message": "invocation",
        "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "coldStart": _first,
        "outcome": outcome,
        **known,
    }
    _first = False
    for name, value in line.items():
        if value is not None:
            metrics.add_metadata(name, value)
    metrics.flush_metrics()
    return duration
