"""A small Hub over HTTP on this machine, which the real huggingface_hub and datasets talk to."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.hub.faults import Fault, When
from tests.hub.repository import Blob, Files, Repository

TOKEN = "hf_TheTokenThatMustNotBeSeenAnywhere"
READER = "hf_ATokenThatMayOnlyRead"
_LFS = (".parquet", ".webp", ".png", ".jpeg")
_PAGE = 15


@dataclass
class LocalHub:
    """The server, what it holds, what it was asked and how many bytes it was sent."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    uploaded: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        hub = self

        class Handler(_Handler):
            server_hub = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.repositories.clear()
            self.objects.clear()
            self.faults.clear()
            self.requests.clear()
            self.uploaded = 0


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str = "", code: str = "", **body: object) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": message, **body}
        self.headers = {"X-Error-Code": code} if code else {}
        if message:
            self.headers["X-Error-Message"] = message


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_hub: LocalHub

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self._handle()

    do_HEAD = do_POST = do_PUT = do_GET

    def _handle(self) -> None:
        url = urlsplit(self.path)
        request = f"{self.command} {url.path}"
        hub = self.server_hub
        hub.requests.append(f"{request}?{url.query}" if url.query else request)
        if self._struck(request, "cut"):
            self.rfile.read(int(self.headers.get("Content-Length", 0)) // 2)
            return self._hang_up()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._struck(request, "before"):
            return None
        try:
            with hub.lock:
                status, headers, answer = self._answer(url.path, parse_qs(url.query), body)
        except Refusal as refusal:
            status, headers, answer = refusal.status, refusal.headers, json.dumps(refusal.body).encode()
        if self._struck(request, "after"):
            return None
        return self._send(status, headers, answer)

    def _struck(self, request: str, when: When) -> bool:
        with self.server_hub.lock:
            fault = next((each for each in self.server_hub.faults if each.strikes(request, when)), None)
        if fault is None:
            return False
        if fault.when != "cut":
            if fault.status:
                self._send(fault.status, fault.headers, json.dumps(fault.body).encode())
            else:
                self._hang_up()
        return True

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _send(self, status: int, headers: dict[str, str], answer: bytes) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client was killed

    def _answer(self, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, dict[str, str], bytes]:
        for pattern, answer in _ROUTES:
            found = re.fullmatch(f"{pattern}", f"{self.command} {path}")
            if found:
                return answer(Call(self, query, body, {k: unquote(v) for k, v in found.groupdict(default="").items()}))
        raise Refusal(404, f"nothing is at {path}", "EntryNotFound")


@dataclass
class Call:
    """One request."""

    handler: _Handler
    query: dict[str, list[str]]
    body: bytes
    named: dict[str, str]

    @property
    def hub(self) -> LocalHub:
        return self.handler.server_hub

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def token(self) -> str:
        return str(self.handler.headers.get("Authorization", "")).removeprefix("Bearer ")

    @property
    def repository(self) -> Repository:
        found = self.hub.repositories.get(self.named["id"])
        if found is None or (found.private and self.token not in (TOKEN, READER)):
            raise Refusal(401 if not self.token else 404, "Repository not found", "RepoNotFound")
        return found

    @property
    def commit(self) -> str:
        revision = self.named.get("rev") or "main"
        oid = self.repository.resolve(revision)
        if oid is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return oid

    def writing(self) -> None:
        if self.token == READER:
            raise Refusal(403, "Forbidden: you have no write access here")
        if self.token != TOKEN:
            raise Refusal(401, "Invalid credentials in Authorization header")


Answer = tuple[int, dict[str, str], bytes]


def _ok(data: object, **headers: str) -> Answer:
    return 200, {"Content-Type": "application/json", **headers}, json.dumps(data).encode()


def _whoami(call: Call) -> Answer:
    if call.token not in (TOKEN, READER):
        raise Refusal(401, "Invalid user token.")
    role = "write" if call.token == TOKEN else "read"
    auth = {"type": "access_token", "accessToken": {"displayName": "test", "role": role}}
    return _ok({"name": "tester", "type": "user", "orgs": [{"name": "org"}], "auth": auth})


def _create(call: Call) -> Answer:
    call.writing()
    name = f"{call.json.get('organization') or 'tester'}/{call.json['name']}"
    url = f"{call.hub.endpoint}/datasets/{name}"
    if name in call.hub.repositories:
        raise Refusal(409, "You already created this dataset repo", url=url)
    private = call.json.get("private") or call.json.get("visibility") == "private"
    call.hub.repositories[name] = Repository(name, bool(private))
    return _ok({"url": url, "name": name, "id": name})


def _settings(call: Call) -> Answer:
    call.writing()
    wanted = call.json.get("private")
    call.repository.private = bool(wanted) if wanted is not None else call.json.get("visibility") == "private"
    return _ok({})


def _info(call: Call) -> Answer:
    repository, oid = call.repository, call.commit
    siblings = [{"rfilename": path} for path in sorted(repository.commits[oid])]
    data = {"id": repository.name, "sha": oid, "private": repository.private, "siblings": siblings}
    return _ok({**data, "_id": "1", "tags": [], "downloads": 0, "likes": 0, "gated": False, "disabled": False})


def _refs(call: Call) -> Answer:
    repository = call.repository
    branch = {"name": "main", "ref": "refs/heads/main", "targetCommit": repository.head}
    tags = [{"name": name, "ref": f"refs/tags/{name}", "targetCommit": oid} for name, oid in repository.tags.items()]
    pulls = [{"name": name, "ref": name, "targetCommit": oid} for name, oid in repository.pulls.items()]
    shown = {"pullRequests": pulls} if "include_prs" in call.query else {}
    return _ok({"branches": [branch], "converts": [], "tags": tags, **shown})


def _discussions(call: Call) -> Answer:
    """The open pull requests, whatever was asked for."""
    repository = call.repository
    found = [
        {
            "title": title,
            "num": int(ref.rpartition("/")[2]),
            "createdAt": "2026-01-01T00:00:00.000Z",
            "status": "open",
            "repo": {"name": repository.name, "type": "dataset"},
            "isPullRequest": True,
        }
        for ref, title in repository.open.items()
    ]
    return _ok({"discussions": found, "count": len(found), "start": 0})


def _tree(call: Call) -> Answer:
    files = call.repository.commits[call.commit]
    start = int(call.query.get("cursor", ["0"])[0])
    folder = call.named["path"]
    inside = [path for path in sorted(files) if not folder or path.startswith(f"{folder}/")]
    entries = [files[path].entry(path) for path in inside[start : start + _PAGE]]
    following = f"{call.hub.endpoint}{call.handler.path.partition('?')[0]}?recursive=true&cursor={start + _PAGE}"
    return _ok(entries, **({"Link": f'<{following}>; rel="next"'} if start + _PAGE < len(inside) else {}))


def _paths_info(call: Call) -> Answer:
    files = call.repository.commits[call.commit]
    asked = parse_qs(call.body.decode()).get("paths", []) if not call.body.startswith(b"{") else call.json["paths"]
    entries = [files[path].entry(path) for path in asked if path in files]
    folders = {path for path in asked if any(name.startswith(f"{path}/") for name in files)}
    return _ok([*entries, *({"type": "directory", "oid": "0" * 40, "size": 0, "path": path} for path in folders)])


def _preupload(call: Call) -> Answer:
    call.writing()
    there = call.repository.commits[call.commit]
    files = []
    for each in call.json["files"]:
        path = each["path"]
        mode = "lfs" if path.endswith(_LFS) else "regular"
        known = {"oid": there[path].oid} if path in there else {}
        files.append({"path": path, "uploadMode": mode, "shouldIgnore": False, **known})
    return _ok({"files": files})


def _batch(call: Call) -> Answer:
    call.writing()
    objects = []
    for each in call.json["objects"]:
        entry = {"oid": each["oid"], "size": each["size"]}
        if each["oid"] not in call.hub.objects:
            place = f"{call.hub.endpoint}/lfs"
            upload = {"href": f"{place}/{each['oid']}", "header": {}}
            entry["actions"] = {"upload": upload, "verify": {"href": f"{place}-verify", "header": {}}}
        objects.append(entry)
    return _ok({"transfer": "basic", "objects": objects})


def _put(call: Call) -> Answer:
    if hashlib.sha256(call.body).hexdigest() != call.named["oid"]:
        raise Refusal(400, "the bytes are not those announced")
    call.hub.objects[call.named["oid"]] = call.body
    call.hub.uploaded += len(call.body)
    return _ok({})


def _verified(call: Call) -> Answer:
    if call.json["oid"] not in call.hub.objects:
        raise Refusal(404, "no such object")
    return _ok({})


def _commit(call: Call) -> Answer:
    call.writing()
    repository = call.repository
    lines = [json.loads(line) for line in call.body.splitlines()]
    header = next(line["value"] for line in lines if line["key"] == "header")
    parent = header.get("parentCommit")
    if parent and parent != repository.head:
        raise Refusal(412, "A commit has happened since. Please refresh and try again.")
    files = dict(repository.commits[repository.head])
    for line in lines:
        _apply(call.hub, files, line["key"], line["value"])
    if "create_pr" in call.query:
        number = f"refs/pr/{len(repository.pulls) + 1}"
        oid = repository.add(files, pull=number, title=header["summary"])
        place = f"{call.hub.endpoint}/datasets/{repository.name}/discussions/{len(repository.pulls)}"
        url = f"{call.hub.endpoint}/datasets/{repository.name}/commit/{oid}"
        return _ok({"success": True, "commitOid": oid, "commitUrl": url, "pullRequestUrl": place})
    oid = repository.add(files)
    url = f"{call.hub.endpoint}/datasets/{repository.name}/commit/{oid}"
    return _ok({"success": True, "commitOid": oid, "commitUrl": url, "pullRequestUrl": None})


def _apply(hub: LocalHub, files: Files, key: str, value: dict[str, Any]) -> None:
    if key == "file":
        data = base64.b64decode(value["content"])
        hub.uploaded += len(data)
        files[value["path"]] = Blob(data, lfs=False)
    elif key == "lfsFile":
        files[value["path"]] = Blob(hub.objects[value["oid"]], lfs=True)
    elif key == "deletedFile":
        del files[value["path"]]


def _tag(call: Call) -> Answer:
    call.writing()
    if call.json["tag"] in call.repository.tags:
        raise Refusal(409, f"Tag reference exists already: {call.json['tag']}")
    call.repository.tags[call.json["tag"]] = call.commit
    return _ok({})


def _resolve(call: Call) -> Answer:
    repository, oid = call.repository, call.commit
    blob = repository.commits[oid].get(call.named["path"])
    if blob is None:
        raise Refusal(404, "Entry not found", "EntryNotFound")
    data, status = blob.data, 200
    headers = {"X-Repo-Commit": oid, "ETag": f'"{blob.oid}"', "Accept-Ranges": "bytes"}
    if blob.lfs:
        headers |= {"X-Linked-Etag": f'"{blob.oid}"', "X-Linked-Size": str(len(data))}
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", call.handler.headers.get("Range", ""))
    if wanted:
        start, stop = int(wanted.group(1)), int(wanted.group(2) or len(data) - 1) + 1
        headers["Content-Range"] = f"bytes {start}-{min(stop, len(data)) - 1}/{len(data)}"
        data, status = data[start:stop], 206
    return status, headers, data


_ID = "(?P<id>[^/]+/[^/]+?)"
_API = f"/api/datasets/{_ID}"
_ROUTES: list[tuple[str, Callable[[Call], Answer]]] = [
    ("GET /api/whoami-v2", _whoami),
    ("POST /api/repos/create", _create),
    ("POST /api/validate-yaml", lambda call: _ok({"errors": [], "warnings": []})),
    (f"PUT {_API}/settings", _settings),
    (f"GET {_API}/refs", _refs),
    (f"GET {_API}/discussions", _discussions),
    (f"GET {_API}/tree/(?P<rev>[^/]+)(?:/(?P<path>.+))?", _tree),
    (f"POST {_API}/paths-info/(?P<rev>[^/]+)", _paths_info),
    (f"POST {_API}/preupload/(?P<rev>[^/]+)", _preupload),
    (f"POST {_API}/commit/(?P<rev>[^/]+)", _commit),
    (f"POST {_API}/tag/(?P<rev>[^/]+)", _tag),
    (f"GET {_API}/revision/(?P<rev>[^/]+)", _info),
    (f"GET {_API}", _info),
    (f"POST /datasets/{_ID}\\.git/info/lfs/objects/batch", _batch),
    ("PUT /lfs/(?P<oid>[0-9a-f]+)", _put),
    ("POST /lfs-verify", _verified),
    (f"(?:GET|HEAD) /datasets/{_ID}/resolve/(?P<rev>[^/]+)/(?P<path>.+)", _resolve),
]
