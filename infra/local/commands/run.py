"""`make run`: the whole system on this machine, until Ctrl-C."""
import contextlib
import time

import seed

from . import binaries, build, cloud as clouds, console, demo_data, deployment, logs, packs, paths, quick_start, rebuilds, terminal, tools

WATCH_SECONDS = 0.2
LOG = paths.STATE / "logs" / "build.log"


def run(options):
    tools.check()
    chosen = packs.chosen(options.packs)
    if not clouds.port_is_free(options.port):
        raise console.Failed(f"Port {options.port} is in use: stop what uses it (`make down`, if an earlier run was "
                             f"left behind), or choose another with `make run PORT={options.port + 1}`.")
    with terminal.own_foreground():
        started = time.monotonic()
        tools.install()
        name = f"run-{options.port}"
        cloud = clouds.Cloud(name, options.port, binaries.AllInOne(binaries.of_cloud(name)))
        loading = demo_data.Loading(cloud, chosen)
        try:
            outputs = bring_up(cloud, chosen, loading)
            welcome(outputs, chosen, loading.later, time.monotonic() - started)
            loading.start()
            follow(cloud, chosen)
        finally:
            loading.stop()
            cloud.stop()


def bring_up(cloud, chosen, loading):
    build.build(chosen, LOG, cloud.binaries.program)
    with console.step("starting the local cloud"):
        cloud.start()
    with console.step("deploying the templates"):
        outputs = deployment.deploy(cloud, chosen)
    with console.step("loading demo data"):
        loading.load_first()
    return outputs


def welcome(outputs, chosen, later, seconds):
    url = outputs["apiUrl"]
    console.say(f"\nAtoll is ready after {seconds:.0f} s.\n")
    console.say(f"  API        {url}")
    if outputs["webSocketUrl"]:
        console.say(f"  WebSocket  {outputs['webSocketUrl']} (try it: {url}/_local/socket)")
    console.say(f"  Docs       {url}/v1/docs")
    console.say(f"  Mailbox    {url}/_local/mailbox")
    console.say(f"  Demo user  {seed.USERS[0]['email']}, password {seed.USERS[0]['password']}\n")
    console.say("  The first call, in a second terminal in this directory:\n")
    for line in quick_start.lines(url, chosen):
        console.say(f"    {line}")
    if later:
        console.say(f"\n  The demo data of {' and '.join(later)} is still loading; a line tells when each is complete.")
    console.say("\nThe functions' logs follow. Saving a source file rebuilds the functions. Ctrl-C stops everything.\n")


def follow(cloud, chosen):
    """Show log lines and build what is saved until Ctrl-C, which is how a run is meant to end."""
    watch = rebuilds.Watch(chosen, LOG, cloud.binaries.program)
    try:
        with contextlib.closing(logs.Tail(cloud.function_log)) as tail:
            while cloud.running():
                show(tail)
                watch.look(restart=lambda: cloud.post("/_local/restart"))
                time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        console.say("\nStopping.")
        return
    finally:
        watch.stop()
    raise console.Failed("The local cloud has ended.", cloud.logs / "cloud.log")


def show(tail):
    for line in tail.new_lines():
        console.say(logs.pretty(line))
