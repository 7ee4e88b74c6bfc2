"""Makes a folder for transformers and vLLM out of SmolLM2-135M as GGUF: SOURCE TARGET.

Runs in the environment of vLLM. Two tokens of the tokenizer become ``<think>`` and ``</think>``, so that
a reasoning parser has something to find.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import gguf
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
THINKING = {"<gh_stars>": "<think>", "<issue_start>": "</think>"}
OUTER = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}
INNER = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def main(source: str, target: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=FILE)
    reader = gguf.GGUFReader(Path(source) / FILE)
    config = _config(reader)
    model = LlamaForCausalLM(config).to(torch.float32)
    missing, unexpected = model.load_state_dict(_weights(reader, config), strict=False)
    if unexpected or set(missing) > {"lm_head.weight"}:
        raise SystemExit(f"weights do not fit: {missing} {unexpected}")
    model.to(torch.bfloat16).save_pretrained(target)
    tokenizer.save_pretrained(target)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        path = Path(target) / name
        text = path.read_text()
        for old, new in THINKING.items():
            text = text.replace(old, new)
        path.write_text(text)


def _config(reader: gguf.GGUFReader) -> LlamaConfig:
    def read(name: str) -> float:
        return float(reader.fields[f"llama.{name}"].contents())

    return LlamaConfig(
        vocab_size=49152,
        hidden_size=int(read("embedding_length")),
        intermediate_size=int(read("feed_forward_length")),
        num_hidden_layers=int(read("block_count")),
        num_attention_heads=int(read("attention.head_count")),
        num_key_value_heads=int(read("attention.head_count_kv")),
        max_position_embeddings=int(read("context_length")),
        rms_norm_eps=float(read("attention.layer_norm_rms_epsilon")),
        rope_theta=float(read("rope.freq_base")),
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
    )


def _weights(reader: gguf.GGUFReader, config: LlamaConfig) -> dict[str, torch.Tensor]:
    tensors = {
        each.name: torch.tensor(gguf.dequantize(each.data, each.tensor_type)) for each in reader.tensors
    }
    found = {name: tensors[old] for name, old in OUTER.items()}
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    for layer in range(config.num_hidden_layers):
        for name, old in INNER.items():
            weight = tensors[f"blk.{layer}.{old}.weight"]
            rotated = _unpermute(weight, heads[old]) if old in heads else weight
            found[f"model.layers.{layer}.{name}.weight"] = rotated
    return found


def _unpermute(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Undo the order in which GGUF keeps the halves of a rotary embedding."""
    halves = weight.reshape(heads, weight.shape[0] // heads // 2, 2, *weight.shape[1:])
    return halves.swapaxes(1, 2).reshape(weight.shape)


if __name__ == "__main__":
    main(*sys.argv[1:])
