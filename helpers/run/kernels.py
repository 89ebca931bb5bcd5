"""Kernels that start in a blink: forked from one warm parent, yet each a real, fresh and isolated ipykernel.

Python's own fork server keeps a parent process that has imported the heavy libraries (`warm.py`). A notebook's kernel
is a fork of it that starts ipykernel as usual; Jupyter sees it through a kernel provisioner. Where forking is not to
be had, or fails, kernels start the ordinary way, with the same results.
"""

import asyncio
import multiprocessing
import multiprocessing.connection
import os
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from contextlib import suppress
from queue import Empty

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

KINDS = ("warm", "fresh")
START_SECONDS = 30  # a forked kernel that is not up by then is given up for an ordinary one
SETTINGS = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),  # kernels run side by side
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_warming = threading.Lock()
_alive = weakref.WeakSet()  # provisioners of running kernels, for `stop_all`


def can_fork():
    """Whether this system has a fork server (Windows has none)."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def warm_up():
    """Start the warm parent in the background, if it does not run yet; returns at once."""
    if not can_fork():
        return
    from multiprocessing import forkserver

    multiprocessing.set_forkserver_preload(["helpers.run.warm"])
    with _warming:  # kernels start from several threads, and the settings are those of the whole process
        before = {name: os.environ.get(name) for name in SETTINGS}
        os.environ.update(SETTINGS)
        try:
            forkserver.ensure_running()
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def manager(kind):
    """The kernel manager class to hand to papermill: kernels of a kind, "warm" or "fresh"."""
    return WarmManager if kind == "warm" and can_fork() else FreshManager


def stop_all():
    """Kill every running kernel of this process; whoever waits for one learns that it died."""
    for provisioner in list(_alive):
        with suppress(OSError):
            provisioner.kill_now()


# --- what both kinds share -------------------------------------------------------------------------------------------


class PromptClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel is: the stock one waits in steps of up to a second."""

    async def wait_for_ready(self, timeout=None):
        """Return when the kernel answers and its broadcasts arrive; raises RuntimeError if it dies or takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (timeout or START_SECONDS)
        while loop.time() < deadline:
            request = self.kernel_info()
            if await self._answered(request) and await self._idle_after(request):
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self, request):
        with suppress(Empty):
            while True:
                reply = await self.shell_channel.get_msg(timeout=0.5)
                if reply["parent_header"].get("msg_id") == request:
                    self._handle_kernel_info_reply(reply)
                    return True
        return False

    async def _idle_after(self, request):
        """Whether the end of the request was broadcast; all that came before it is then out of the way."""
        with suppress(Empty):
            while True:
                told = await self.iopub_channel.get_msg(timeout=0.1)
                ours = told["parent_header"].get("msg_id") == request
                if ours and told["content"].get("execution_state") == "idle":
                    return True
        return False


class _Provisioner(LocalProvisioner):
    """A local kernel that `stop_all` knows."""

    async def launch_kernel(self, cmd, **kw):
        kw["env"] = {**kw.get("env", os.environ), **SETTINGS}
        # What a kernel has to say comes back through its messages; its own log is noise on the user's screen.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        info = await super().launch_kernel(cmd, **{**kw, **quiet})
        _alive.add(self)
        return info

    def kill_now(self):
        """Kill the kernel and what it started, at once."""
        if self.process and self.process.poll() is None:
            os.killpg(self.pgid, signal.SIGKILL) if self.pgid else self.process.kill()


class FreshManager(AsyncKernelManager):
    """Kernels started the ordinary way, on sockets in a private folder where there are such."""

    client_factory = PromptClient
    provisioner_class = _Provisioner

    def __init__(self, **kw):
        super().__init__(**kw)
        if sys.platform != "win32":
            self._private = tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True)
            self.transport, self.ip = "ipc", os.path.join(self._private.name, "socket")
            self.connection_file = os.path.join(self._private.name, "connection.json")

    async def _async_wait(self, pollinterval=0.005):
        """Wait for the kernel to end; the stock manager looks ten times a second."""
        await super()._async_wait(pollinterval)

    def cleanup_connection_file(self):
        """Remove what the connection left in the file system."""
        super().cleanup_connection_file()
        if sys.platform != "win32":
            self._private.cleanup()

    async def _async_pre_start_kernel(self, **kw):
        if self.provisioner is None:
            self.provisioner = self.provisioner_class(
                kernel_id=self.kernel_id or "", kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**kw)


# --- warm kernels ----------------------------------------------------------------------------------------------------


class WarmProvisioner(_Provisioner):
    """Launches a kernel as a fork of the warm parent; one that does not come up is started the ordinary way."""

    async def launch_kernel(self, cmd, **kw):
        warm_up()
        try:
            self.process = Fork(cmd, kw.get("cwd"), {**kw.get("env", os.environ), **SETTINGS})
            await self.process.started()
        except (OSError, EOFError, AssertionError, TimeoutError):
            if self.process:
                self.process.kill()
                self.process = None
            return await super().launch_kernel(cmd, **kw)
        self.pid = self.pgid = self.process.pid
        _alive.add(self)
        return self.connection_info


class WarmManager(FreshManager):
    """Kernels forked from the warm parent."""

    provisioner_class = WarmProvisioner


class Fork:
    """A forked kernel process, seen as Jupyter sees any other: a Popen as far as it needs one."""

    stdin = stdout = stderr = None

    def __init__(self, cmd, cwd, env):
        context = multiprocessing.get_context("forkserver")
        self._ready, ready = context.Pipe(duplex=False)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self._process = context.Process(target=_serve, args=(arguments, cwd, env, ready), daemon=False)
        with ready:
            self._process.start()
        self.pid = self._process.pid

    async def started(self):
        """Return when the kernel listens; raises EOFError if it died, TimeoutError if it takes too long."""
        loop = asyncio.get_running_loop()
        came = asyncio.Event()
        loop.add_reader(self._ready.fileno(), came.set)
        try:
            await asyncio.wait_for(came.wait(), START_SECONDS)
            self._ready.recv_bytes()
        finally:
            loop.remove_reader(self._ready.fileno())
            self._ready.close()

    def poll(self):
        """The exit code, None while it runs."""
        return self._process.exitcode

    def wait(self):
        """Wait for its end and let go of what belongs to it; the exit code."""
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return code

    def send_signal(self, number):
        """Signal the kernel and what it started."""
        if self._process.exitcode is None:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:  # so young that it has no group of its own yet
                os.kill(self.pid, number)

    def terminate(self):
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self):
        """End it."""
        self.send_signal(signal.SIGKILL)


def _serve(arguments, cwd, env, ready):
    """The life of a forked kernel: become a process of its own, then do what `python -m ipykernel_launcher` does."""
    os.setsid()  # an interrupt of the terminal is for the runner only
    _watch_parent()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd or os.getcwd())
    _be_quiet()
    _reseed()
    sys.path.insert(0, "")
    sys.argv = ["ipykernel_launcher", *arguments]
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    app.initialize(arguments)
    ready.send_bytes(b"listening")
    ready.close()
    app.start()


def _watch_parent():
    """End this process as soon as the runner is gone, however it went."""
    runner = multiprocessing.parent_process()

    def watch():
        multiprocessing.connection.wait([runner.sentinel])
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _be_quiet():
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.stdin = sys.__stdin__ = open(0)  # noqa: SIM115  (as long as the process lives)
    sys.stdout = sys.__stdout__ = open(1, "w")  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w")  # noqa: SIM115


def _reseed():
    """Forks share the state of random generators; Python's own is reseeded by Python."""
    import numpy as np

    np.random.seed()
