"""Steps: which are wanted, what each took, and what became of them."""
import time

from . import console, lanes as lanes_of, tally, tools


class Step:
    def __init__(self, name, what, action, needs=(), brings=(), after=(), alone=False, live=False, default=True):
        """`needs` names steps that come before this one and are added when it is selected by name; `brings` those that are added
        and come later. It also waits for those of `after`, if they are wanted. One that is `alone` has the machine for itself. What
        one says that is `live` is shown at once. A step that is not a default runs only if it is selected by name."""
        self.name, self.what, self.action, self.needs, self.brings = name, what, action, needs, brings
        self.after, self.alone, self.live, self.default = after, alone, live or alone, default


def names(steps):
    return [step.name for step in steps]


def selected(steps, only):
    """The steps that `only` names, comma separated, with those that they need and bring; the defaults if it is empty."""
    wanted = {name for name in only.split(",") if name}
    if unknown := wanted - set(names(steps)):
        raise console.Failed(f"There is no step {', '.join(sorted(unknown))}; the steps are {', '.join(names(steps))}.")
    wanted |= {other for step in steps if step.name in wanted for other in (*step.needs, *step.brings)}
    return [step for step in steps if (step.name in wanted if wanted else step.default)]


def run_chosen(steps, only, finish):
    """What a command does: a word that names no step is refused before anything is installed."""
    tools.check()
    wanted = selected(steps, only)
    tools.install()
    run(wanted, finish)


def run(steps, finish, lanes=1):
    """Runs all steps, so many at a time, until one fails. `finish` is called in any case, before the summary is printed."""
    started, course = time.monotonic(), lanes_of.Lanes(steps, lanes)
    try:
        course.run()
    finally:
        finish()
        summarize(steps, course.results, time.monotonic() - started)
        counted = sum((result.tests for result in course.results.values()), tally.Tally())
        if counted != tally.Tally():
            console.say(str(counted))


def summarize(steps, results, seconds):
    """One line per step: passed, failed, or not completed."""
    console.say()
    for step in steps:
        result = results.get(step.name)
        if result is None:
            console.say(f"  · {step.name}")
        else:
            console.say(f"  {'✗' if result.failure else '✓'} {step.name:<13} {result.seconds:7.1f} s")
    passed = len(results) == len(steps) and not any(result.failure for result in results.values())
    console.say(f"  {'all passed' if passed else 'not passed'} in {seconds:.1f} s")
