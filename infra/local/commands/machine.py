"""What a measurement was taken on: the machine, the compiler, the commit, and how busy the machine was with other things."""
import datetime
import os
import platform
import re
import subprocess
import time
from pathlib import Path

from . import console, paths, processes

SAMPLE_SECONDS = 1.0
# More than this share of the cores at work for others, and figures of time are not worth much.
BUSY_SHARE = 0.1
# Fields of the first line of Linux's /proc/stat, in ticks since the start: proc_stat(5).
IDLE_FIELDS = (3, 4)  # idle, iowait
ALL_FIELDS = 8  # the two after it, guest and guest_nice, are contained in user and nice


def describe():
    """The machine and what is measured on it; null where this system does not tell."""
    return {
        "cpu": cpu(),
        "cores": cores(),
        "memoryKib": memory_kib(),
        "architecture": platform.machine(),
        "kernel": f"{platform.system()} {platform.release()}",
        "rustc": said("rustc", "--version"),
        **moment(),
    }


def moment():
    """The time, and the commit with whether the checkout differs from it."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    changed = said("git", "status", "--porcelain")
    return {
        "date": now.isoformat().replace("+00:00", "Z"),
        "commit": said("git", "rev-parse", "HEAD"),
        "uncommittedChanges": None if changed is None else bool(changed),
    }


def cpu():
    """The processor's name: Linux on x86 and on ARM, then macOS."""
    info = Path("/proc/cpuinfo")
    if info.exists() and (found := re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE)):
        return found[1].strip()
    if (told := said("lscpu")) and (found := re.search(r"^Model name:\s*(.+)$", told, re.MULTILINE)):
        return found[1].strip()
    return said("sysctl", "-n", "machdep.cpu.brand_string") or platform.processor() or None


def cores():
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def memory_kib():
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024
    except (OSError, ValueError):
        return None


def said(*command):
    """What a program prints; None if it is not there or fails."""
    try:
        finished = subprocess.run(command, cwd=paths.ROOT, env=processes.with_tools(), text=True, capture_output=True,
                                  check=False)
    except OSError:
        return None
    return finished.stdout.strip() if finished.returncode == 0 else None


def load():
    """How busy the machine is while nothing of ours is at work: the load average of the last minute, and the cores that
    were at work during a second, which is null where the system does not tell."""
    before = ticks()
    time.sleep(SAMPLE_SECONDS)
    return {"loadAverage": round(os.getloadavg()[0], 2), "busyCores": busy_cores(before, ticks())}


def ticks():
    """All ticks of all cores since the start, and those without work; None where there is no /proc."""
    try:
        fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    except OSError:
        return None
    return sum(fields[:ALL_FIELDS]), sum(fields[field] for field in IDLE_FIELDS)


def busy_cores(before, after):
    if before is None or after is None or after[0] == before[0]:
        return None
    share = 1 - (after[1] - before[1]) / (after[0] - before[0])
    return round(share * (os.cpu_count() or 1), 2)


def tell(measured):
    """Say how busy it is, with a warning where that spoils the figures; `measured` is what `load` gave."""
    average, busy = measured["loadAverage"], measured["busyCores"]
    now = "" if busy is None else f", {busy:.2f} of {os.cpu_count()} cores at work just now"
    console.say(f"load average {average:.2f}{now}")
    if is_busy(measured):
        console.say("warning: the machine is busy with something else: times below are longer than they are, and spread more.")


def is_busy(measured):
    cores_at_work = measured["loadAverage"] if measured["busyCores"] is None else measured["busyCores"]
    return cores_at_work > BUSY_SHARE * (os.cpu_count() or 1)
