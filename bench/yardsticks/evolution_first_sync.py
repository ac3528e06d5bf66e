#!/usr/bin/python3
"""First sync of one CalDAV calendar by evolution-data-server; run inside dbus-run-session with a fresh HOME.

Arguments: URL of the calendar, number of events to expect.
Output: milliseconds from opening the calendar until every event is in the local cache.
"""
import os
import sys
import time

import gi

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
from gi.repository import ECal, EDataServer, GLib  # noqa: E402

url, expected = sys.argv[1], int(sys.argv[2])
address = GLib.Uri.parse(url, GLib.UriFlags.NONE)

sources = os.path.join(os.environ["XDG_CONFIG_HOME"], "evolution", "sources")
os.makedirs(sources, exist_ok=True)
with open(os.path.join(sources, "bench.source"), "w", encoding="utf-8") as file:
    file.write(f"""[Data Source]
DisplayName=bench
Enabled=true
Parent=caldav-stub
[Calendar]
BackendName=caldav
Selected=true
[Security]
Method=none
[Authentication]
Host={address.get_host()}
Port={address.get_port()}
Method=none
[WebDAV Backend]
ResourcePath={address.get_path()}
CalendarAutoSchedule=false
[Refresh]
Enabled=false
""")

registry = EDataServer.SourceRegistry.new_sync(None)
source = registry.ref_source("bench")
began = time.monotonic()
client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 30, None)
deadline = began + 300
while time.monotonic() < deadline:
    ok, components = client.get_object_list_as_comps_sync("#t", None)
    if len({c.get_uid() for c in components}) >= expected:
        print((time.monotonic() - began) * 1000)
        sys.exit(0)
    time.sleep(0.05)
print(f"only {len(components)} of {expected} events arrived", file=sys.stderr)
sys.exit(1)
