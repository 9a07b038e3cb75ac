"""Steps that run in order: which are wanted, what each took, and what became of them."""
import time

from . import console, tally, tools


class Step:
    def __init__(self, name, what, action, needs=(), default=True):
        """`needs` names steps that are added when this one is selected by name. A step that is not a default runs only if it is
        selected by name."""
        self.name, self.what, self.action, self.needs, self.default = name, what, action, needs, default


def names(steps):
    return [step.name for step in steps]


def selected(steps, only):
    """The steps that `only` names, comma separated, with those that they need; the defaults if it is empty."""
    wanted = {name for name in only.split(",") if name}
    if unknown := wanted - set(names(steps)):
        raise console.Failed(f"There is no step {', '.join(sorted(unknown))}; the steps are {', '.join(names(steps))}.")
    wanted |= {need for step in steps if step.name in wanted for need in step.needs}
    return [step for step in steps if (step.name in wanted if wanted else step.default)]


def run_chosen(steps, only, finish):
    """What a command does: a word that names no step is refused before anything is installed."""
    tools.check()
    wanted = selected(steps, only)
    tools.install()
    run(wanted, finish)


def run(steps, finish):
    """Runs all steps in order until one fails. `finish` is called in any case, before the summary is printed."""
    results, counted = [], tally.Tally()
    try:
        for step in steps:
            seconds, tests = measured(step)
            results.append(seconds)
            counted += tests
    except tally.TestsFailed as failure:
        counted += failure.tally
        raise
    finally:
        finish()
        summarize(steps, results)
        if counted != tally.Tally():
            console.say(str(counted))


def measured(step):
    """The seconds that a step took, and the tests that it ran, which its action returns if it ran any."""
    console.say(f"\n── {step.name}: {step.what}")
    started = time.monotonic()
    tests = step.action() or tally.Tally()
    seconds = time.monotonic() - started
    console.say(f"   {seconds:.1f} s")
    return seconds, tests


def summarize(steps, results):
    """One line per step: passed, failed or interrupted, or not reached."""
    console.say()
    for index, step in enumerate(steps):
        if index < len(results):
            console.say(f"  ✓ {step.name:<13} {results[index]:7.1f} s")
        else:
            console.say(f"  {'✗' if index == len(results) else '·'} {step.name}")
    console.say(f"  {'all passed' if len(results) == len(steps) else 'not passed'} in {sum(results):.1f} s")
