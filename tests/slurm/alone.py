#!/usr/bin/env python3
"""alone.py COMMAND...: run a command, and end every process that it leaves behind, those of daemons too.

Processes whose parent ends become children of this one (PR_SET_CHILD_SUBREAPER), so that it knows all of them and no
other, and collects them at once: the first process of a container often does not, and Slurm waits for that.
Exit code: the command's, or 1 when something was left behind that had to be killed.
"""
import ctypes
import os
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None, use_errno=True)


def children():
    with open(f"/proc/self/task/{os.getpid()}/children") as listing:
        return [int(pid) for pid in listing.read().split()]


def reap_until_over(pid):
    """The exit code of pid; others are collected on the way."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def end_the_rest(patience_s=5):
    """TERM, and after some seconds KILL. True when nothing was there after the time that a daemon needs to go."""
    start, clean = time.monotonic(), True
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return clean
        waited = time.monotonic() - start
        if waited > patience_s:
            clean = False
        for pid in children() if waited > 2 else []:
            os.kill(pid, signal.SIGKILL if waited > patience_s else signal.SIGTERM)
        time.sleep(0.1)


def main():
    if LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("alone.py: " + os.strerror(ctypes.get_errno()))
    command = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: os.kill(command, number))
    code = reap_until_over(command)
    clean = end_the_rest()
    if not clean:
        print("alone.py: a process was left behind and was killed", file=sys.stderr)
    sys.exit(code if code > 0 or (code == 0 and clean) else 1)


main()
