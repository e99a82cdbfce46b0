"""Writes answers to disk as they arrive; those that arrive during a write share the next one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from builder.llm.response_cache import Answer, ResponseCache


class CacheWriter:
    """Writes to the response cache from an event loop without blocking it."""

    def __init__(self, answers: ResponseCache) -> None:
        self._cache = answers
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")
        self._open = ExitStack()
        self._pending: list[tuple[Answer, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._held = False

    async def keep(self, answer: Answer) -> None:
        """Return when `answer` is on disk."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((answer, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await kept

    async def give_up(self, key: str, reason: str) -> None:
        """Note that a request got no answer."""
        await self._in_thread(self._cache.give_up, key, reason)

    async def settle(self) -> None:
        """Return when nothing is pending."""
        if self._writing:
            await asyncio.gather(self._writing, return_exceptions=True)

    async def finish(self) -> None:
        """Write what is pending and close the file."""
        await self.settle()
        await self._in_thread(self._open.close)
        self._thread.shutdown()

    async def _write(self) -> None:
        while self._pending:
            batch, self._pending = self._pending, []
            try:
                if not self._held:
                    self._held = True
                    await self._in_thread(self._open.enter_context, self._cache.held())
                await self._in_thread(self._cache.keep, [answer for answer, _ in batch])
            except Exception as error:
                for _, kept in batch:
                    if not kept.done():
                        kept.set_exception(error)
                continue
            for _, kept in batch:
                if not kept.done():
                    kept.set_result(None)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)
