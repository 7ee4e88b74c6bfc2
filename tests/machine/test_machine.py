"""What this machine shows: sockets, processes, model servers, GPUs, surroundings."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.support.fake_machine import FakeMachine
from tui.net.machine.gpus import read_gpus
from tui.net.machine.known_servers import KNOWN_SERVERS, model_argument, port_argument, recognise
from tui.net.machine.machine import Machine
from tui.net.machine.proc_files import ProcFiles
from tui.net.machine.processes import mask_secrets
from tui.net.machine.snapshot import duration_text


def test_listeners_of_both_families_are_read(fake: FakeMachine) -> None:
    fake.listen("127.0.0.1", 8000, 11)
    fake.listen("::1", 8001, 12)
    fake.listen("0.0.0.0", 8002, 13)
    fake.listen("::", 8003, 14)
    fake.run(42, "nginx", sockets=(14,))
    held = ProcFiles(fake.root).listeners((), None)
    assert [(listener.address, listener.port, pid) for listener, pid in held] == [
        ("127.0.0.1", 8000, None),
        ("::1", 8001, None),
        ("0.0.0.0", 8002, None),
        ("::", 8003, 42),
    ]
    found = [listener for listener, _ in held]
    assert [listener.accepts("127.0.0.1") for listener in found] == [True, False, True, True]
    assert [listener.accepts("::1") for listener in found] == [False, True, False, True]
    assert all(listener.is_local for listener in found)


def test_a_system_without_proc_knows_nothing(tmp_path: Path) -> None:
    machine = Machine({}, tmp_path)
    assert not machine.is_visible
    assert machine.snapshot().owners == ()
    assert machine.snapshot().servers == ()


def test_unreadable_lines_are_passed_over(fake: FakeMachine) -> None:
    (fake.root / "proc/net/tcp").write_text("header\n junk\n 0: XYZ:1F40 0:0 0A 0 0 0 0 0 7\n")
    assert ProcFiles(fake.root).listeners((), None) == ()


def test_who_listens_on_a_port(fake: FakeMachine) -> None:
    fake.listen("0.0.0.0", 8001, 11)
    fake.run(42, "/usr/bin/python3", "/opt/bin/vllm", "serve", "Qwen/Qwen3-8B", "--port=8001", sockets=(11,))
    snapshot = Machine({}, fake.root).snapshot()
    (owner,) = snapshot.on_port(8001)
    assert owner.server == "vLLM"
    assert owner.process is not None
    assert owner.process.uptime_seconds == pytest.approx(100)
    assert "pid 42" in owner.describe()
    assert "up 100 s" in owner.describe()
    (server,) = snapshot.servers
    assert server.describe() == "vLLM with Qwen/Qwen3-8B (pid 42) listens on port 8001"


def test_a_server_without_a_port_is_starting(fake: FakeMachine) -> None:
    fake.run(42, "python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "m", "--port", "8000")
    (server,) = Machine({}, fake.root).snapshot().servers
    assert (server.ports, server.expected_port) == ((), 8000)
    assert "has no port yet, up 100 s" in server.describe()


def test_workers_of_a_server_are_not_listed(fake: FakeMachine) -> None:
    fake.listen("127.0.0.1", 8000, 11)
    fake.run(42, "vllm", "serve", "m", sockets=())
    fake.run(43, "VLLM::EngineCore", parent=42, sockets=(11,))
    (server,) = Machine({}, fake.root).snapshot().servers
    assert (server.process.pid, server.ports) == (42, (8000,))


def test_a_server_of_another_user_has_the_port_that_it_expects(fake: FakeMachine) -> None:
    fake.listen("0.0.0.0", 30000, 11, uid=1001)
    fake.run(42, "python", "-m", "sglang.launch_server", "--model-path", "m", sockets=None)
    snapshot = Machine({}, fake.root).snapshot()
    assert snapshot.servers[0].ports == (30000,)
    assert "a process of another user listens on port 30000" in snapshot.on_port(30000)[0].describe()


RECOGNISED = {
    "vLLM": ["/venv/bin/python3.11", "/venv/bin/vllm", "serve", "m"],
    "SGLang": ["python", "-u", "-m", "sglang.launch_server", "--model-path", "m"],
    "llama.cpp": ["/opt/llama.cpp/build/bin/llama-server", "-m", "x.gguf"],
    "Ollama": ["/usr/local/bin/ollama", "serve"],
    "LM Studio": ["/opt/LM Studio/lm-studio", "--type=main"],
    "TGI": ["text-generation-launcher", "--model-id", "m"],
    "LocalAI": ["./local-ai", "run"],
    "KoboldCpp": ["python3", "koboldcpp.py", "--model", "x.gguf"],
    "Tabby": ["tabby", "serve", "--model", "m"],
    "text-generation-webui": ["python", "/home/u/text-generation-webui/server.py", "--api"],
    "TensorRT-LLM": ["env", "A=b", "trtllm-serve", "m"],
    "LiteLLM": ["uv", "run", "litellm", "--config", "c.yaml"],
    "Triton": ["/opt/tritonserver/bin/tritonserver", "--model-repository", "/models"],
    "Xinference": ["xinference-local", "--host", "0.0.0.0"],
    "TabbyAPI": ["python", "/home/u/tabbyAPI/main.py"],
    "LMDeploy": ["lmdeploy", "serve", "api_server", "m"],
    "MLX": ["python", "-m", "mlx_lm.server"],
    "Aphrodite": ["aphrodite", "run", "m"],
    "mistral.rs": ["./mistralrs-server", "--port", "1234"],
    "FastChat": ["python3", "-m", "fastchat.serve.openai_api_server"],
    "OpenLLM": ["openllm", "serve", "m"],
    "Jan": ["/opt/jan/cortex-server"],
    "SGLang router": ["python", "-m", "sglang_router.launch_router", "--worker-urls", "http://a"],
    "llamafile": ["/home/u/Llama-3.2-3B.Q6_K.llamafile", "--server"],
    "llama-cpp-python": ["python", "-m", "llama_cpp.server", "--model", "x.gguf"],
    "llama-swap": ["./llama-swap", "--config", "c.yaml"],
    "TEI": ["text-embeddings-router", "--model-id", "m"],
    "transformers": ["python3", "/v/bin/transformers", "serve", "m"],
    "Infinity": ["infinity_emb", "v2", "--model-id", "m"],
}


def test_every_known_server_has_an_example() -> None:
    assert RECOGNISED.keys() == {known.label for known in KNOWN_SERVERS}


@pytest.mark.parametrize(("label", "arguments"), RECOGNISED.items())
def test_servers_are_recognised(label: str, arguments: list[str]) -> None:
    known = recognise(arguments)
    assert known is not None
    assert known.label == label


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bash"],
        ["grep", "vllm", "serve"],
        ["vim", "vllm.py"],
        ["tail", "-f", "/var/log/ollama serve"],
        ["ollama", "run", "llama3"],
        ["python", "-c", "import vllm"],
        ["vllm", "bench", "serve"],
        ["python", "server.py"],
    ],
)
def test_what_only_names_a_server_is_none(arguments: list[str]) -> None:
    assert recognise(arguments) is None


@pytest.mark.parametrize(
    ("arguments", "port", "model"),
    [
        (["vllm", "serve", "m", "--port", "8000", "--port", "8002"], 8002, "m"),
        (["text-generation-launcher", "--model-id", "m", "-p", "3001"], 3001, "m"),
        (["local-ai", "run", "--address", ":8085"], 8085, None),
        (["local-ai", "--address=127.0.0.1:8085"], 8085, None),
        (["x", "--port", "70000"], None, None),
        (["x", "--port", "٣"], None, None),
        (["vllm", "serve", "m", "--port", "8001"], 8001, "m"),
        (["llama-server", "-m", "x.gguf", "--port=9000"], 9000, "x.gguf"),
        (["python", "-m", "sglang.launch_server"], None, None),
        (["ollama", "serve"], None, None),
        (["x", "--port", "no"], None, None),
    ],
)
def test_port_and_model_of_a_command_line(arguments: list[str], port: int | None, model: str | None) -> None:
    assert (port_argument(arguments), model_argument(arguments)) == (port, model)


@pytest.mark.parametrize(
    "arguments",
    [
        ["vllm", "serve", "m", "--api-key", "hunter2"],
        ["vllm", "serve", "m", "--api-key=hunter2"],
        ["env", "HF_TOKEN=hunter2", "vllm"],
        ["llama-server", "--hf-token", "hunter2"],
        ["x", "https://user:hunter2@host/v1"],
        ["x", "sk-hunter2hunter2"],
        ["curl", "Authorization: Bearer hunter2"],
    ],
)
def test_secrets_of_command_lines_are_masked(arguments: list[str]) -> None:
    assert "hunter2" not in " ".join(mask_secrets(arguments))


def test_what_is_no_secret_stays() -> None:
    arguments = ["vllm", "--tokenizer", "t", "--max-num-batched-tokens", "8", "--port", "1"]
    assert mask_secrets(arguments) == arguments


def test_with_a_port_only_its_owner_is_looked_for(fake: FakeMachine) -> None:
    fake.listen("127.0.0.1", 8000, 11)
    fake.listen("127.0.0.1", 9000, 12)
    fake.run(42, "nginx", sockets=(11,))
    fake.run(43, "redis-server", sockets=(12,))
    snapshot = Machine({}, fake.root).snapshot(8000)
    assert snapshot.on_port(8000)[0].process is not None
    assert snapshot.on_port(9000)[0].process is None


@pytest.mark.parametrize(
    ("files", "environment", "expected"),
    [
        ({}, {}, (False, False, False)),
        ({".dockerenv": ""}, {}, (True, False, False)),
        ({"run/.containerenv": ""}, {}, (True, False, False)),
        ({"proc/1/cgroup": "0::/kubepods/x"}, {}, (True, False, False)),
        ({"proc/sys/kernel/osrelease": "5.15-microsoft-standard-WSL2"}, {}, (False, True, False)),
        ({}, {"WSL_DISTRO_NAME": "Ubuntu"}, (False, True, False)),
        ({}, {"SSH_CONNECTION": "1 2 3 4"}, (False, False, True)),
        ({}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, (True, False, False)),
    ],
)
def test_surroundings(
    tmp_path: Path, files: dict[str, str], environment: dict[str, str], expected: tuple[bool, bool, bool]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = Machine(environment, tmp_path).surroundings()
    assert (found.container, found.wsl, found.ssh) == expected


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the real /proc")
def test_this_very_process_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (owner,) = Machine(os.environ).snapshot().on_port(port)
    assert owner.listener.address == "127.0.0.1"
    assert owner.process is not None
    assert owner.process.pid == os.getpid()
    assert owner.process.uptime_seconds is not None


def fake_nvml(*, initialises: bool = True) -> ModuleType:
    class NvmlError(Exception):
        pass

    def start() -> None:
        if not initialises:
            raise NvmlError

    def processes(handle: object) -> list[SimpleNamespace]:
        return [SimpleNamespace(pid=42, usedGpuMemory=2**30)]

    library = ModuleType("pynvml")
    library.__dict__.update(
        NVMLError=NvmlError,
        nvmlInit=start,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 1,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda handle: b"NVIDIA H100",
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(used=8 * 2**30, total=80 * 2**30),
        nvmlDeviceGetUtilizationRates=lambda handle: SimpleNamespace(gpu=37),
        nvmlDeviceGetComputeRunningProcesses=processes,
    )
    return library


def test_gpus_where_the_library_is_there() -> None:
    (gpu,) = read_gpus(fake_nvml())
    assert gpu.describe() == "GPU 0 NVIDIA H100: 8.0 of 80.0 GiB used, 37 % busy by pid 42"


def test_no_driver_is_no_failure() -> None:
    assert read_gpus(fake_nvml(initialises=False)) == ()
    assert isinstance(read_gpus(), tuple)


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "5 s"), (600, "10 min"), (7300, "2 h"), (400_000, "5 days")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
