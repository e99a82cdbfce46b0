"""Runs build-bench command lines in a process of their own, which knows the local Hub from its first import.

huggingface_hub reads its environment when it is imported, so the tests' own process cannot talk to the local Hub. One
process imports everything once and forks for each command line: quick, and it can be killed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LOOP = """
import json, os, sys
from click.testing import CliRunner
from builder.cli import cli
import builder.hub.huggingface, builder.hub.command, builder.questions, datasets, huggingface_hub

def evaluate(code):
    names = {}
    exec(code, names)
    return names["result"]

for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if not child:
        os.environ.update(order["environment"])
        with open(order["pid"], "w") as file:
            file.write(str(os.getpid()))
        if "code" in order:
            answer = {"value": evaluate(order["code"])}
        else:
            result = CliRunner().invoke(cli, order["arguments"])
            error = repr(result.exception) if result.exception else ""
            answer = {"exit_code": result.exit_code, "output": result.output, "error": error}
        with open(order["answer"], "w") as file:
            json.dump(answer, file)
        os._exit(0)
    os.waitpid(child, 0)
    print("done", flush=True)
"""


@dataclass(frozen=True)
class Said:
    """How a command line ended; exit code -1 when it was killed."""

    exit_code: int
    output: str
    error: str = ""


class Commands:
    """The process that runs command lines against the Hub at `endpoint`, its cache and settings in `home`."""

    def __init__(self, endpoint: str, home: Path) -> None:
        self.home, self.pid_file, self._answer = home, home / "pid", home / "answer.json"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
        environment |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hf"), "HF_HUB_DISABLE_XET": "1"}
        environment |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
        self._stderr = (home / "stderr").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LOOP],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )

    def run(self, *arguments: str | Path, token: str = "") -> Said:
        """Run a command line, with a token in the environment if one is given."""
        answer = self._order(token, arguments=[str(argument) for argument in arguments])
        return Said(**answer) if answer else Said(-1, "")

    def value(self, code: str, token: str = "") -> Any:
        """What Python code leaves in the name `result`; it must be JSON."""
        answer = self._order(token, code=code)
        assert answer, (self.home / "stderr").read_text()
        return answer["value"]

    def _order(self, token: str, **order: object) -> Any:
        self._answer.unlink(missing_ok=True)
        environment = {"HF_TOKEN": token} if token else {}
        places = {"pid": str(self.pid_file), "answer": str(self._answer), "environment": environment}
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({**order, **places}) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n", (self.home / "stderr").read_text()
        return json.loads(self._answer.read_text()) if self._answer.is_file() else None

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()
        self._stderr.close()


@contextmanager
def commands(endpoint: str, home: Path) -> Iterator[Commands]:
    """A running `Commands`."""
    running = Commands(endpoint, home)
    try:
        yield running
    finally:
        running.close()
