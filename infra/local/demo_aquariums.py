"""Three aquariums with generated readings, in the past from now. What is there is not loaded again.

An aquarium has another name until it is complete. One that an earlier load left incomplete is deleted and loaded anew: its requests had other
times, so repeating them would be refused.
"""
import concurrent.futures
import datetime
import math
import random
import time
import uuid

from client import Refused

PATH = "/v1/aquarium"
SECOND = datetime.timedelta(seconds=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# Devices record what is at most 30 days old; history ends a day earlier. Both are by the hour, the last day by five minutes.
RECORDED_DAYS = 29
HISTORY_DAYS = 32
HISTORY_HOURS = 96
RECORDED_HOURS = 24
MAX_SAMPLES = 480
# What the name of an aquarium ends with until all of it is there.
LOADING = " (loading)"
# How long events may take: the plan, and the members of a timeline.
EVENT_SECONDS = 30
WATER_CHANGES = 20
# When the heater of the reef was stuck, in hours before now.
STUCK_HOURS = (10, 7)
STUCK_RISE = 3.4
# A rule judges what is measured after it was created: the alarm of the reef begins with one more sample, of which the heater is stuck again.
TOO_WARM = "27.0"
STUCK_AGAIN = "28.10"

# Name, type of water, volume in millilitres; sensors: name, parameter, unit, value, its swing over a day and over a year, noise, digits.
TANKS = (
    ("Reef", "marine", 180_000, (
        ("Temperature", "temperature", "celsius", 25.2, 0.35, 0.4, 0.06, 2),
        ("pH", "ph", "ph", 8.15, 0.12, 0.03, 0.01, 2),
        ("Salinity", "salinity", "psu", 35.0, 0.05, 0.2, 0.03, 2),
    )),
    ("Planted tank", "fresh", 60_000, (
        ("Temperature", "temperature", "celsius", 24.3, 0.4, 0.6, 0.06, 2),
        ("pH", "ph", "ph", 6.7, 0.2, 0.05, 0.02, 2),
    )),
    ("Garden pond", "pond", 4_000_000, (
        ("Temperature", "temperature", "celsius", 13.0, 1.2, 8.5, 0.2, 1),
        ("pH", "ph", "ph", 7.7, 0.25, 0.15, 0.03, 2),
    )),
)
LIVESTOCK = {
    "Reef": (("Amphiprion ocellaris", 2), ("Lysmata amboinensis", 3), ("Zebrasoma flavescens", 1)),
    "Planted tank": (("Paracheirodon innesi", 12), ("Corydoras aeneus", 6), ("Neocaridina davidi", 25)),
    "Garden pond": (("Carassius auratus", 8),),
}


def load(api, days):
    """Loads the aquariums of a user whose plan allows three, with readings of so many days."""
    known = {aquarium["name"]: aquarium["id"] for aquarium in api.get(f"{PATH}/aquariums")["items"]}
    missing = [tank for tank in TANKS if tank[0] not in known]
    if not missing:
        return
    for name, aquarium_id in known.items():
        if name in [f"{tank[0]}{LOADING}" for tank in missing]:
            delete(api, f"{PATH}/aquariums/{aquarium_id}")
    now = datetime.datetime.now(datetime.UTC).replace(second=0, microsecond=0)
    with concurrent.futures.ThreadPoolExecutor(len(missing)) as threads:
        for loaded in [threads.submit(one, api, tank, now, days) for tank in missing]:
            loaded.result()


def one(api, tank, now, days):
    name, kind, volume, sensors = tank
    # The bodies have times, so each load has keys of its own.
    key = f"demo-{slug(name)}-{uuid.uuid4()}"
    body = {"name": f"{name}{LOADING}", "kind": kind, "netVolumeMl": volume, "timeZone": "Europe/Berlin"}
    # The plan arrives as an event.
    aquarium = patiently(lambda: api.post(f"{PATH}/aquariums", body, key=key), 409)
    path = f"{PATH}/aquariums/{aquarium['id']}"
    for species, count in LIVESTOCK[name]:
        api.post(f"{path}/livestock", {"species": species, "count": count}, key=f"{key}-{slug(species)}")
    filter_body = {"name": "Filter", "kind": "filter", "installedOn": (now - 300 * DAY).date().isoformat(), "serviceIntervalDays": 45}
    api.post(f"{path}/equipment", filter_body, key=f"{key}-filter")
    device = api.post(f"{path}/devices", {"name": "Controller"}, key=f"{key}-device")
    probes = []
    for sensor in sensors:
        body = {"name": sensor[0], "parameter": sensor[1], "unit": sensor[2], "deviceId": device["deviceId"]}
        probes.append((api.post(f"{path}/sensors", body, key=f"{key}-{sensor[1]}")["id"], sensor))
    if name == "Reef":
        api.post(f"{path}/alarm-rules", too_warm(probes[0][0]), key=f"{key}-rule")
    readings(api, path, device, probes, now, days)
    if name == "Reef":
        at = text(datetime.datetime.now(datetime.UTC) + SECOND)
        record(api, device, [{"sensorId": probes[0][0], "at": at, "value": STUCK_AGAIN}])
    tests(api, path, key, name, now, days)
    timeline(api, path, key, now, days, volume)
    patiently(lambda: rename(api, path, name), 412)


def too_warm(sensor_id):
    return {"name": "Too warm", "sensorIds": [sensor_id], "condition": "above", "forSeconds": 0,
            "limit": {"value": TOO_WARM, "unit": "celsius"}, "band": {"value": "0.5", "unit": "celsius"}}


def readings(api, path, device, probes, now, days):
    """History, and what the device records: by the hour, and the last day by five minutes."""
    hour = now.replace(minute=0)
    times = every(HOUR, hour - days * DAY, hour - HISTORY_DAYS * DAY)
    for part in parts(times, HISTORY_HOURS):
        api.send("POST", f"{path}/devices/{device['deviceId']}/history", {"samples": samples(probes, part, now)})
    times = every(HOUR, hour - min(days, RECORDED_DAYS) * DAY, hour - DAY)
    recorded = [*parts(times, RECORDED_HOURS),
                *parts(every(datetime.timedelta(minutes=5), hour - DAY + HOUR, now), MAX_SAMPLES // len(probes))]
    for part in recorded:
        record(api, device, samples(probes, part, now))


def record(api, device, sent):
    api.anonymous().send("POST", f"{PATH}/readings", {"samples": sent}, **{"x-api-key": device["key"]})


def rename(api, path, name):
    """Gives an aquarium its final name."""
    _, etag = api.send("GET", path)
    api.send("PATCH", path, {"name": name}, **{"if-match": etag})


def delete(api, path):
    _, etag = api.send("GET", path)
    api.send("DELETE", path, **{"if-match": etag})


def slug(name):
    """The name in a key, which has visible characters of ASCII only."""
    return name.lower().replace(" ", "-")


def every(step, start, end):
    while start <= end:
        yield start
        start += step


def parts(items, size):
    items = list(items)
    return [items[start:start + size] for start in range(0, len(items), size)]


def samples(probes, times, now):
    return [{"sensorId": sensor_id, "at": text(at), "value": value(sensor, at, now)} for at in times for sensor_id, sensor in probes]


def value(sensor, at, now):
    """A value with the course of days and years, and noise that depends on nothing but the sensor and the time."""
    _name, parameter, _unit, usual, daily, yearly, noise, digits = sensor
    day = math.sin((at.hour + at.minute / 60 - 9) / 24 * 2 * math.pi)
    year = math.sin((at.timetuple().tm_yday - 105) / 365 * 2 * math.pi)
    found = usual + daily * day + yearly * year + random.Random(f"{sensor}{at:%Y%m%d%H%M}").gauss(0, noise)
    since, until = (now - hours * HOUR for hours in STUCK_HOURS)
    if parameter == "temperature" and usual > 25 and since <= at <= until + 2 * HOUR:
        # The heater was stuck, and the water cooled down again.
        found += STUCK_RISE * min((at - since) / (until - since), 1 - min(1, max(0, (at - until) / (2 * HOUR))))
    return f"{found:.{digits}f}"


def tests(api, path, key, name, now, days):
    """Nitrate by hand, each fortnight of the last months."""
    fortnights = range(min(days, 140) // 14)
    body = {"readings": [
        {"parameter": "nitrate", "value": f"{4 + random.Random(f'{name}{number}').uniform(0, 8):.1f}", "unit": "mg_l_as_no3",
         "measuredAt": text(now - number * 14 * DAY - HOUR)} for number in fortnights]}
    if body["readings"]:
        api.post(f"{path}/readings/manual", body, key=f"{key}-tests")


def timeline(api, path, key, now, days, volume):
    """A water change each week. The timeline learns of its members by an event."""
    weeks = range(min(days // 7, WATER_CHANGES))
    entries = [{"content": {"type": "water_change", "volumeMl": volume // 10}, "happenedAt": text(now - (7 * week + 1) * DAY)}
               for week in reversed(weeks)]
    if entries:
        body = {"timeZone": "Europe/Berlin", "entries": entries}
        patiently(lambda: api.post(f"{path}/timeline", body, key=f"{key}-changes"), 404)


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def patiently(request, status):
    """Repeats a request that is refused with this status until an event has arrived."""
    deadline = time.monotonic() + EVENT_SECONDS
    while True:
        try:
            return request()
        except Refused as refused:
            if refused.status != status or time.monotonic() > deadline:
                raise
        time.sleep(0.5)
