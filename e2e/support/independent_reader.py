#!/usr/bin/python3
"""An independent reader: every occurrence of a range, by python's icalendar and dateutil.

Input (stdin), a line each: {"resources": [{"ics": ...}], "from": "YYYY-MM-DD", "to": "YYYY-MM-DD", "zone": IANA}
Output: a line each, a JSON list of [uid, start, end, summary, status], times as RFC 3339 UTC or dates, sorted.
All-day and floating events are read in the given zone. Cancelled ones are listed, with their status.
"""
import json
import sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar


def main():
    for line in sys.stdin:
        print(json.dumps(read(json.loads(line))), flush=True)


def read(job):
    zone = ZoneInfo(job["zone"])
    low = datetime.combine(date.fromisoformat(job["from"]), time(), zone)
    high = datetime.combine(date.fromisoformat(job["to"]), time(), zone)
    rows = []
    for resource in job["resources"]:
        calendar = Calendar.from_ical(resource["ics"])
        events = list(calendar.walk("VEVENT"))
        overridden = {key(e["RECURRENCE-ID"].dt) for e in events if "RECURRENCE-ID" in e}
        for event in events:
            for start, end in instances(event, overridden, high):
                if instant(start, zone) < high and instant(end, zone) > low:
                    rows.append([
                        str(event["UID"]), show(start, zone), show(end, zone),
                        str(event.get("SUMMARY", "")), str(event.get("STATUS", "CONFIRMED")).lower(),
                    ])
    rows.sort()
    return rows


def instances(event, overridden, high):
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    else:
        end = start + timedelta(days=1) if not isinstance(start, datetime) else start
    if "RECURRENCE-ID" in event or ("RRULE" not in event and "RDATE" not in event):
        yield start, end
        return
    is_date = not isinstance(start, datetime)
    local = datetime.combine(start, time()) if is_date else start.replace(tzinfo=None)
    tz = None if is_date else start.tzinfo
    tz = ZoneInfo(str(event["DTSTART"].params["TZID"])) if not is_date and "TZID" in event["DTSTART"].params else tz
    starts = {local}
    for rule_value in as_list(event.get("RRULE")):
        starts.update(times_of(rule_value.to_ical().decode(), local, tz, high))
    for line in as_list(event.get("RDATE")):
        for value in line.dts:
            starts.add(wall_clock(value.dt, tz))
    excluded = {key(value.dt) for line in as_list(event.get("EXDATE")) for value in line.dts}
    for candidate in sorted(starts):
        if is_date:
            this = candidate.date()
            if key(this) in excluded or key(this) in overridden:
                continue
            yield this, this + (end - start)
            continue
        this = candidate.replace(tzinfo=tz)
        if key(this) in excluded or key(this) in overridden:
            continue
        if tz is None:
            yield this, this + (end - start)
        else:
            length = end.astimezone(timezone.utc) - start.astimezone(timezone.utc)
            yield this, (this.astimezone(timezone.utc) + length)


def times_of(rule_text, local, tz, high):
    parts = dict(part.split("=", 1) for part in rule_text.split(";"))
    until = parts.pop("UNTIL", None)
    rule = rrulestr(";".join(f"{k}={v}" for k, v in parts.items()), dtstart=local)
    until_instant = None
    if until and len(until) == 8:
        until_instant = datetime.strptime(until, "%Y%m%d") + timedelta(days=1, seconds=-1)
    elif until:
        until_instant = datetime.strptime(until.rstrip("Z"), "%Y%m%dT%H%M%S")
        until_instant = until_instant.replace(tzinfo=timezone.utc) if tz is not None else until_instant
    for candidate in rule:
        if candidate > high.replace(tzinfo=None) + timedelta(days=2):
            return
        at = candidate.replace(tzinfo=tz) if tz is not None else candidate
        if until_instant is not None and at > until_instant:
            return
        yield candidate


def wall_clock(value, tz):
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    return (value.astimezone(tz) if value.tzinfo and tz else value).replace(tzinfo=None)


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def key(value):
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat() if value.tzinfo else value.isoformat()
    return value.isoformat()


def instant(value, zone):
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def show(value, zone):
    if not isinstance(value, datetime):
        return value.isoformat()
    return instant(value, zone).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


main()
