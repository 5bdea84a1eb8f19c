"""Whether what this project writes is the same model and the same tokenizer in another version of transformers.

    elsewhere.py write FOLDER   with this project and its transformers: exports, a checkpoint's files, and what they say
    elsewhere.py read FOLDER    with any transformers, without this project: the same must be said there

Each exits with 1 and says the difference if there is one."""

import json
import sys
from pathlib import Path

import torch

CONTEXT = 64
NEAR = 1e-3  # largest difference of two logits in 32 bits, and in 16 as far as the rounding of the weights is the same


def load(folder: Path, dtype) -> torch.nn.Module:
    "A model as a stranger loads it; `torch_dtype` is the word that version 4 has always had."
    from transformers import AutoModelForCausalLM
    return AutoModelForCausalLM.from_pretrained(folder, torch_dtype=dtype).eval()


def ask(model: torch.nn.Module, rows: torch.Tensor) -> torch.Tensor:
    "Its logits, in 32 bits."
    with torch.no_grad(): return model(input_ids=rows).logits.float()


def write(folder: Path) -> None:
    "Export a model whose logits depend on the rotary embedding, and write down tokens and logits."
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    from jplm.model.export import export_model
    from jplm.model.generation import load_prompts
    from jplm.model.llama import MODELS, complete_config, llama_config, new_model
    from jplm.tokenizer.gate import AWKWARD
    from jplm.tokenizer.loading import tokenizer_folder
    shipped = tokenizer_folder().resolve()
    model = new_model(llama_config(MODELS["tiny"], context=CONTEXT), seed=0).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("q_proj.weight", "k_proj.weight")): weight *= 20  # attention that looks at some tokens and not at others
            if name.endswith(("v_proj.weight", "o_proj.weight")): weight *= 5
    for dtype in ("float32", "bfloat16"): export_model(model, shipped, folder / dtype, dtype=dtype)
    model.save_pretrained(folder / "checkpoint")
    complete_config(folder / "checkpoint")
    tokenizer = AutoTokenizer.from_pretrained(shipped)
    texts = [*AWKWARD, *(p.text for p in load_prompts())]
    ids = {split: [tokenizer(t, split_special_tokens=split).input_ids for t in texts] for split in (True, False)}
    rows = torch.tensor([(sum(ids[True][k:], []) * 9)[:CONTEXT] for k in range(0, len(texts), 5)])
    torch.save({"rows": rows} | {name: ask(load(folder / name, "auto"), rows) for name in ("float32", "bfloat16", "checkpoint")}, folder / "logits.pt")
    said = {"texts": texts, "ids": ids[True], "with_marks": ids[False], "context": CONTEXT, "shipped": str(shipped)}
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")
    other = LlamaForCausalLM(LlamaConfig(**model.config.to_dict() | {"rope_parameters": {"rope_type": "default", "rope_theta": 10_000.}})).eval()
    other.load_state_dict(model.state_dict())
    forgotten = float((ask(other, rows) - ask(model, rows)).abs().max())
    if forgotten < 100 * NEAR: raise SystemExit(f"this model would not show a forgotten rope_theta: its logits differ by {forgotten:.2g} only")
    print(f"written; with another rope_theta the logits would be {forgotten:.2g} apart")


def read(folder: Path) -> bool:
    "Load it all and compare."
    import transformers
    from transformers import AutoTokenizer
    said, own, faults = json.loads((folder / "said.json").read_text(encoding="utf-8")), torch.load(folder / "logits.pt"), []
    for place in (folder / "float32", folder / "bfloat16", Path(said["shipped"])):
        tokenizer = AutoTokenizer.from_pretrained(place)
        for key, split in (("ids", True), ("with_marks", False)):
            faults += [f"{place.name}: tokens of {ascii(t)[:60]}" for t, ids in zip(said["texts"], said[key]) if tokenizer(t, split_special_tokens=split).input_ids != ids]
        faults += [f"{place.name}: decoded, {ascii(t)[:60]}" for t, ids in zip(said["texts"], said["ids"]) if tokenizer.decode(ids[1:]) != t]
    for name in ("float32", "bfloat16", "checkpoint"):
        model = load(folder / name, "auto")
        apart = float((ask(model, own["rows"]) - own[name]).abs().max())
        print(f"{name}: {model.dtype}, context {model.config.max_position_embeddings}, logits at most {apart:.2g} apart")
        if not apart <= NEAR: faults.append(f"{name}: logits")
        if model.config.max_position_embeddings != said["context"]: faults.append(f"{name}: context")
        if str(model.dtype) != ("torch.bfloat16" if name == "bfloat16" else "torch.float32"): faults.append(f"{name}: type of the weights")
    if getattr(model.generation_config, "repetition_penalty", None) not in (None, 1): faults.append("the export has a penalty on repetition")
    for fault in faults: print("not the same:", fault)
    print(f"transformers {transformers.__version__}: {len(said['texts'])} texts, {own['rows'].numel()} positions, {len(faults)} differences")
    return not faults


if __name__ == "__main__":
    command, place = sys.argv[1], Path(sys.argv[2])
    if command == "read": sys.exit(0 if read(place) else 1)
    place.mkdir(parents=True, exist_ok=True)
    write(place)
