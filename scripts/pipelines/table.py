#!/usr/bin/env python3
"""Scans to a table from Python, with nothing but its standard library.

  table.py SCAN... [-- OPTIONS OF trabecula analyze] > table.csv

`trabecula analyze --json` prints the whole record: metrics with unit and method, settings, distributions, warnings.
"""
import csv
import json
import os
import subprocess
import sys

TRABECULA = os.environ.get("TRABECULA", "trabecula")


def measure(scan, options):
    """The record of one scan. What went wrong is on standard error already, in words."""
    done = subprocess.run([TRABECULA, "analyze", scan, "--json", "--quiet", *options],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def row(record):
    """A column for each metric; an empty cell where record["metrics"][key] has a "reason" instead of a value."""
    values = {f"{key} [{metric['unit']}]": metric["value"] for key, metric in record["metrics"].items()}
    return {"sample": record["sample"], **values}


def main():
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    scans, options = arguments[:split], arguments[split + 1 :]
    if not scans:
        sys.exit(__doc__)

    failed = 0
    table = None
    for scan in scans:
        try:
            cells = row(measure(scan, options))
        except subprocess.CalledProcessError:
            failed += 1  # the others go on
            continue
        if table is None:
            table = csv.DictWriter(sys.stdout, cells, lineterminator="\n")
            table.writeheader()
        table.writerow(cells)
    sys.exit(3 if failed else 0)


main()
