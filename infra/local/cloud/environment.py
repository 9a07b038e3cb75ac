"""What MiniStack reads from its environment, and what every function inherits from it."""
import os
import socketserver

LOOPBACK = "127.0.0.1"

# Limits of time are made for AWS. Here the table, the gateway and all functions share some cores with compilers and tests, so
# functions and their calls may take so many times longer.
TIME_FACTOR = 3


def prepare():
    """Set what must be set before MiniStack is imported."""
    port = os.environ.setdefault("GATEWAY_PORT", "4566")
    os.environ.update(
        EDGE_PORT=port,
        BIND_HOST=LOOPBACK,  # MiniStack's default is every interface of the machine
        AWS_ENDPOINT_URL=f"http://{LOOPBACK}:{port}",  # where functions send their AWS calls
        IOT_MTLS_ENABLED="0",  # it would take port 8883
        SFTP_ENABLED="0",
        SDK_TIMEOUT_FACTOR=str(TIME_FACTOR),  # kit's time-outs of AWS calls
        SFN_WAIT_SCALE="0.1",  # a state machine's pauses, retries' too, are a tenth of what they are in AWS
        DOCKER_HOST="unix:///nonexistent",  # never look for a Docker daemon
    )
    # Without this, small replies on the Runtime API wait 40 ms for an acknowledgement.
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
