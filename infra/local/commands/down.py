"""`make down`: stop every local cloud of this checkout and forget its state."""
import shutil

from . import binaries, cloud as clouds, console, paths


def down(_options):
    instances = sorted(path for path in paths.STATE.glob("*") if (path / "state").exists())
    for directory in instances:
        stopped = clouds.stop_left_over(directory)
        shutil.rmtree(directory, ignore_errors=True)
        shutil.rmtree(paths.TARGET / "local" / directory.name, ignore_errors=True)
        binaries.of_cloud(directory.name).unlink(missing_ok=True)
        console.say(f"{directory.name}: {'stopped, ' if stopped else ''}state removed")
    if not instances:
        console.say("Nothing was left behind.")
