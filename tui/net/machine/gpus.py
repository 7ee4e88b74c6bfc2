"""The GPUs of this machine, read with NVIDIA's management library if installed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from tui.core.lazy_dataclass import dataclass
from tui.texts import network


@dataclass(frozen=True, slots=True)
class Gpu:
    """The current state of one GPU."""

    index: int
    name: str
    memory_used: int
    """In bytes."""
    memory_total: int
    utilisation: int | None
    """Utilisation of the last sampling period, in percent."""
    processes: tuple[tuple[int, int | None], ...] = ()
    """Process id and memory in bytes of each process on it."""

    def describe(self) -> str:
        """Return the GPU on one line."""
        used, total = self.memory_used / 2**30, self.memory_total / 2**30
        busy = "" if self.utilisation is None else network.GPU_BUSY.format(percent=self.utilisation)
        pids = ", ".join(f"pid {pid}" for pid, _ in self.processes[:4])
        by = network.GPU_BY.format(pids=pids) if pids else ""
        return network.GPU.format(index=self.index, name=self.name, used=used, total=total, busy=busy, by=by)


def read_gpus(library: ModuleType | None = None) -> tuple[Gpu, ...]:
    """Return the GPUs; none without the library or the driver. Blocking: about 10 ms.

    ``library`` replaces ``pynvml``.
    """
    if library is None:
        try:
            library = import_module("pynvml")
        except ImportError:
            return ()
    try:
        library.nvmlInit()
    except library.NVMLError:
        return ()  # no driver, or no permission
    try:
        count = int(library.nvmlDeviceGetCount())
        return tuple(_read_gpu(library, index) for index in range(count))
    except library.NVMLError:
        return ()  # a GPU that was lost or is being reset
    finally:
        library.nvmlShutdown()


def _read_gpu(library: ModuleType, index: int) -> Gpu:
    handle = library.nvmlDeviceGetHandleByIndex(index)
    name = library.nvmlDeviceGetName(handle)
    memory = library.nvmlDeviceGetMemoryInfo(handle)
    try:
        utilisation: int | None = int(library.nvmlDeviceGetUtilizationRates(handle).gpu)
    except library.NVMLError:
        utilisation = None  # not supported by every model
    return Gpu(
        index,
        name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name),
        int(memory.used),
        int(memory.total),
        utilisation,
        _read_processes(library, handle),
    )


def _read_processes(library: ModuleType, handle: object) -> tuple[tuple[int, int | None], ...]:
    try:
        running = library.nvmlDeviceGetComputeRunningProcesses(handle)
    except library.NVMLError:
        return ()  # not visible in some containers
    return tuple((int(process.pid), process.usedGpuMemory) for process in running)
