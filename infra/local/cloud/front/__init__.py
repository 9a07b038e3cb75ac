"""The friendly front of the local cloud: what one opens in a browser, and what tests need.

    /                 a page with links
    /v1/...           the deployed HTTP API
    /ws               the deployed WebSocket API
    /_local/...       mailbox, faults, functions
    everything else   MiniStack, that is the AWS APIs
"""
from ministack import app as ministack_app

from ..patching import require
from . import faults
from .application import Front


def install():
    faults.install()
    # MiniStack's server looks this name up when it starts.
    ministack_app.app = Front(require(ministack_app, "app", "scope receive send"))
