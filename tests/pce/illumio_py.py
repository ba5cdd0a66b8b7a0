"""Illumio's own Python library takes the simulated PCE for a PCE.

Usage: illumio_py.py URL KEY SECRET, with `illumio` (PyPI) installed.
Ends with 0 and one line for each thing it did, or with a traceback.
"""

import sys
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import illumio
from illumio.explorer import TrafficQuery


def main(url, key, secret):
    where = urlsplit(url)
    pce = illumio.PolicyComputeEngine(
        f"{where.scheme}://{where.hostname}", port=str(where.port), org_id="1", retry_count=0
    )
    pce.set_credentials(key, secret)
    pce.must_connect()
    print("connected")

    events = pce.events.get(params={"max_results": 500})
    assert any(event.event_type == "agent.tampering" for event in events)
    print(f"events.get: {len(events)} events, the newest of {events[0].timestamp}")

    everything = pce.events.get_all()
    assert len(everything) == len(events)
    print(f"events.get_all: {len(everything)} events")

    now = datetime.now(timezone.utc)
    query = TrafficQuery.build(
        start_date=(now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        end_date=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        policy_decisions=["blocked", "potentially_blocked"],
    )
    flows = pce.get_traffic_flows_async(query_name="blocked", traffic_query=query)
    assert flows and all(flow.policy_decision != "allowed" for flow in flows)
    connections = sum(flow.num_connections for flow in flows)
    print(f"get_traffic_flows_async: {len(flows)} flows, {connections} connections")

    pce.set_credentials(key, "wrong")
    try:
        pce.events.get()
    except illumio.IllumioApiException as refusal:
        print(f"refused as it should be: {str(refusal).splitlines()[-1]}")
    else:
        raise AssertionError("a wrong secret was accepted")


if __name__ == "__main__":
    main(*sys.argv[1:])
