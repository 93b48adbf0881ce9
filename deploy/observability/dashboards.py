#!/usr/bin/env python3
"""`python deploy/observability/dashboards.py --write|--check`: Grafana's dashboards, made of `questions.py`.

Grafana reads `grafana/dashboards/*.json`; `make schemas` writes them.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from questions import DASHBOARDS, Dashboard

FOLDER: Final = Path(__file__).parent / "grafana" / "dashboards"
PROMETHEUS: Final = {"type": "prometheus", "uid": "prometheus"}
JAEGER: Final = {"type": "jaeger", "uid": "jaeger"}
SERVICES: Final = ("lists-api", "trakt-sync", "notifier")
WIDTH, HEIGHT, COLUMNS = 8, 8, 3


def document(dashboard: Dashboard) -> dict[str, Any]:
    """Return Grafana's JSON."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["watchbuddy"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "editable": False,
        "links": [_dashboards()],
        "annotations": {},
        "templating": {"list": [_service_choice()] if dashboard.has_service else []},
        "panels": list(_panels(dashboard)),
    }


def _panels(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    number = top = 0
    for title, panels in dashboard.rows.items():
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "gridPos": {"x": 0, "y": top, "w": 24, "h": 1},
            "collapsed": False,
            "panels": [],
        }
        top += 1
        for place, panel in enumerate(panels):
            number += 1
            x, y = place % COLUMNS * WIDTH, top + place // COLUMNS * HEIGHT
            yield {
                "id": number,
                "type": "timeseries",
                "title": panel.title,
                "description": panel.description,
                "datasource": PROMETHEUS,
                "gridPos": {"x": x, "y": y, "w": WIDTH, "h": HEIGHT},
                "fieldConfig": {
                    "defaults": {"unit": panel.unit, "min": 0, "links": [_traces(service) for service in SERVICES]},
                    "overrides": [],
                },
                "options": {
                    "tooltip": {"mode": "multi", "sort": "desc"},
                    "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
                },
                "targets": [
                    {"refId": chr(ord("A") + place), "datasource": PROMETHEUS, "expr": query, "legendFormat": legend}
                    for place, (query, legend) in enumerate(panel.queries.items())
                ],
            }
        top += -(-len(panels) // COLUMNS) * HEIGHT


def _dashboards() -> dict[str, Any]:
    """Return the links to the other dashboards."""
    where = {"type": "dashboards", "tags": ["watchbuddy"], "keepTime": True, "includeVars": False}
    return {**where, "title": "WatchBuddy", "icon": "", "tooltip": "", "asDropdown": False, "targetBlank": False}


def _traces(service: str) -> dict[str, str]:
    """Return the link from a panel to a service's traces of its time. Their ids lead to the logs.

    Jaeger searches by service, and for all conditions at once; Explore asks it one query a pane, and has two panes.
    """
    panes = {"bad": _search(service, tags="error=true"), "lag": _search(service, minDuration="1s")}
    quoted = quote(json.dumps(panes, separators=(",", ":")))
    where = quoted.replace("FROM", "${__from}").replace("TO", "${__to}")
    return {"title": f"Failed and slow traces of {service}", "url": f"/explore?schemaVersion=1&panes={where}"}


def _search(service: str, **condition: str) -> dict[str, Any]:
    query = {"refId": "A", "datasource": JAEGER, "queryType": "search", "service": service, **condition}
    return {"datasource": JAEGER["uid"], "queries": [query], "range": {"from": "FROM", "to": "TO"}}


def _service_choice() -> dict[str, Any]:
    options = [{"text": one, "value": one, "selected": one == SERVICES[0]} for one in SERVICES]
    return {"name": "job", "label": "Service", "type": "custom", "query": ",".join(SERVICES), "options": options,
            "current": options[0]}  # fmt: skip


def files() -> dict[Path, str]:
    """Return what the folder has to hold."""
    return {
        FOLDER / f"{one.uid.removeprefix('watchbuddy-')}.json": json.dumps(document(one), indent=1) + "\n"
        for one in DASHBOARDS
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true")
    what.add_argument("--check", action="store_true", help="exit 1 when a file holds another dashboard")
    writes = parser.parse_args().write
    stale = [path for path, text in files().items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if writes:
            path.write_text(files()[path], encoding="utf-8", newline="\n")
        else:
            print(f"stale: {path}; write it with: make schemas", file=sys.stderr)  # noqa: T201
    return 1 if stale and not writes else 0


if __name__ == "__main__":
    sys.exit(main())
