"""Policies and expressions are parsed once: MiniStack parses a role's policies for every call, and a query's condition for
every item."""
import functools

from ministack.core import iam_evaluator
from ministack.services import dynamodb

from .patching import replace

# Templates and handlers have some thousand different ones.
KEPT = 16_384


def install():
    once(dynamodb, "_condition_syntax_error", "expr slot")
    replace(dynamodb, "_tokenize", "expr")(copied(dynamodb._tokenize))
    replace(iam_evaluator, "parse_policy_document", "doc")(shared(iam_evaluator.parse_policy_document))


def once(owner, name, parameters):
    """Keep what a function of unchangeable arguments and results returns."""
    kept = functools.lru_cache(KEPT)(getattr(owner, name))
    replace(owner, name, parameters)(lambda _original, *arguments: kept(*arguments))


def copied(tokenize):
    """Each caller gets a list of its own."""
    kept = functools.lru_cache(KEPT)(lambda expression: tuple(tokenize(expression)))
    return lambda _original, expression: list(kept(expression))


def shared(parse):
    """Callers read statements only. A document that is no text is parsed each time."""
    kept = functools.lru_cache(KEPT)(parse)
    return lambda _original, document: (kept if isinstance(document, str) else parse)(document)
