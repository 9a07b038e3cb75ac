"""`make run`: the whole system on this machine, until Ctrl-C."""
import contextlib
import time

import seed

from . import cloud as clouds, console, deployment, logs, paths, processes, rebuilds, terminal, tools

WATCH_SECONDS = 0.2


def run(options):
    tools.check()
    if not clouds.port_is_free(options.port):
        raise console.Failed(f"Port {options.port} is in use: stop what uses it (`make down`, if an earlier run was "
                             f"left behind), or choose another with `make run PORT={options.port + 1}`.")
    with terminal.own_foreground():
        started = time.monotonic()
        tools.install()
        cloud = clouds.Cloud(f"run-{options.port}", options.port)
        try:
            outputs = bring_up(cloud)
            welcome(outputs, time.monotonic() - started)
            follow(cloud)
        finally:
            cloud.stop()


def bring_up(cloud):
    build(paths.STATE / "logs" / "build.log")
    with console.step("starting the local cloud"):
        cloud.start()
    with console.step("deploying the templates"):
        outputs = deployment.deploy(cloud)
    with console.step("sowing demo data"):
        sow(cloud)
    return outputs


def sow(cloud):
    try:
        seed.sow(cloud.url)
    except OSError as error:
        raise console.Failed(f"The demo data could not be sown: {error}", cloud.function_log) from error


def build(log):
    log.unlink(missing_ok=True)
    with console.step("building all functions", log):
        processes.logged(["cargo", "build", "--workspace", "--bins"], log, "The functions do not compile.")


def welcome(outputs, seconds):
    url = outputs["apiUrl"]
    console.say(f"\nAtoll is ready after {seconds:.0f} s.\n")
    console.say(f"  API        {url}")
    if outputs["webSocketUrl"]:
        console.say(f"  WebSocket  {outputs['webSocketUrl']} (try it: {url}/_local/socket)")
    console.say(f"  Docs       {url}/v1/docs")
    console.say(f"  Mailbox    {url}/_local/mailbox")
    console.say(f"  Demo user  {seed.USERS[0]['email']}, password {seed.USERS[0]['password']}\n")
    for line in seed.curl_lines(url):
        console.say(f"  {line}")
    console.say("\nThe functions' logs follow. Ctrl-C stops everything.\n")


def follow(cloud):
    """Show log lines and pick up rebuilt binaries until Ctrl-C, which is how a run is meant to end."""
    binaries = rebuilds.Watch(cloud.binaries)
    try:
        with contextlib.closing(logs.Tail(cloud.function_log)) as tail:
            while cloud.running():
                show(tail)
                if rebuilt := binaries.changed():
                    cloud.post("/_local/restart", {"binaries": rebuilt})
                    console.say(f"— rebuilt, used from the next call on: {', '.join(rebuilt)} —")
                time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        console.say("\nStopping.")
        return
    raise console.Failed("The local cloud has ended.", cloud.logs / "cloud.log")


def show(tail):
    for line in tail.new_lines():
        console.say(logs.pretty(line))
