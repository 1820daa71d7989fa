"""What other rooms ask about by name: quantisations, runtimes, hardware, relatives of Gemma 4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gemwright.catalog.ranges import Event, Range
from gemwright.foundation.versions import Scheme

__all__ = ["Hardware", "Milestone", "Quant", "QuantFile", "Quirk", "Relative", "Runtime"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantFile:
    """A published file of one variant.

    Attributes:
        variant: id of the variant.
        name: repository or tag.
        bytes: its size, where known to the byte.
        gb: its size in GB (10^9 bytes) as its publisher shows it.
        source: ids below `sources/`.
        note: what has to be known to use it.
    """

    variant: str
    name: str
    source: tuple[str, ...]
    bytes: int | None = None
    gb: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quant:
    """A way of storing weights.

    Attributes:
        title: its name for people.
        format: the kind of file or checkpoint.
        bits_per_weight: stored bits for each weight of the tensors it is used for, scales included.
        classes: bits per weight by class of tensor, where they differ.
        variants: which variants it is published for; empty is all five.
        avoid: variants with which it should not be used; `note` says why.
        runtimes: ids of the runtimes that load it.
        what: what it is and when to take it.
        note: what goes wrong with it.
        asked: how people ask for it.
        file: published files.
        source: ids below `sources/`.
    """

    title: str
    format: Literal[
        "gguf", "qat", "mlx", "compressed-tensors", "bitsandbytes", "fp8", "nvfp4", "mxfp8", "litert", "none"
    ]
    what: str
    source: tuple[str, ...]
    bits_per_weight: float | None = None
    classes: Mapping[str, object] | None = None
    variants: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    runtimes: tuple[str, ...] = ()
    note: str = ""
    asked: tuple[str, ...] = ()
    file: tuple[QuantFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A version of a runtime that matters for Gemma 4.

    Attributes:
        version: as the runtime spells it.
        what: what came or went.
        date: of the release; empty where it is not known.
    """

    version: str
    what: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """What some versions of a runtime do otherwise than a client expects. Adapters ask for it by its id.

    Attributes:
        id: what adapters call it, unique within the runtime.
        effect: what a client meets, as a sentence.
        advisory: id below `advisories/` that tells the whole story; this or `claim` is given.
        claim: id below `claims/`, where it is no problem but a fact.
        events: where the range of versions begins and ends; none is every version.
        last_seen: the newest version in which it was seen, where the range has no end.
        every_version: it holds in every later version.
    """

    id: str
    effect: str
    advisory: str = ""
    claim: str = ""
    events: tuple[Event, ...] = ()
    last_seen: str = ""
    every_version: bool = False

    @property
    def evidence(self) -> str:
        """The id of the advisory or claim that it rests on."""
        return self.advisory or self.claim

    def versions(self, package: str, scheme: Scheme) -> Range:
        """Return the versions that have it, as a range of the runtime whose quirk it is."""
        return Range(
            package=package,
            scheme=scheme,
            events=self.events,
            last_seen=self.last_seen,
            every_version=self.every_version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Software that runs, serves, trains or quantises Gemma 4.

    Attributes:
        title: its name for people.
        scheme: how its versions are counted.
        kind: what it is for.
        package: package URL without a version, where it is published as one.
        repository: address of its code.
        port: where its server listens when nobody says otherwise.
        mirror: id of the runtime that it carries inside.
        first: first version that ran Gemma 4, by variant.
        at_least: the version to have now.
        never: versions to stay away from.
        latest: newest version known here.
        latest_date: the day of that version.
        command: how it is started with Gemma 4.
        note: what has to be known to use it.
        asked: how people ask for it.
        milestone: versions that matter.
        quirk: what some versions do otherwise than a client expects.
        source: ids below `sources/`.
    """

    title: str
    scheme: Scheme
    kind: Literal["runtime", "server", "trainer", "library", "quantiser", "client"]
    source: tuple[str, ...]
    package: str = ""
    repository: str = ""
    port: int | None = None
    mirror: str = ""
    first: Mapping[str, object] | None = None
    at_least: str = ""
    never: tuple[str, ...] = ()
    latest: str = ""
    latest_date: str = ""
    command: str = ""
    note: str = ""
    asked: tuple[str, ...] = ()
    milestone: tuple[Milestone, ...] = ()
    quirk: tuple[Quirk, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """A graphics card, a chip with shared memory, or a kind of accelerator.

    Attributes:
        title: its name for people.
        vendor: who makes it.
        kind: `gpu` has memory of its own, `soc` shares it with the processor.
        memory_gb: the sizes it is sold with, in GB.
        bandwidth_gbs: memory bandwidth in GB/s.
        compute_capability: CUDA compute capability, or gfx name.
        note: what Gemma 4 meets on it.
        asked: how people ask for it.
        source: ids below `sources/`.
    """

    title: str
    vendor: Literal["nvidia", "amd", "intel", "apple", "google", "qualcomm"]
    kind: Literal["gpu", "soc", "tpu"]
    source: tuple[str, ...]
    memory_gb: tuple[float, ...] = ()
    bandwidth_gbs: float | None = None
    compute_capability: str = ""
    note: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A model of the Gemma family that is not one of the five, or that goes with them.

    Attributes:
        title: its name for people.
        use: what it is for.
        when: when to take it, beside Gemma 4.
        base: the model it was made from.
        released: day, month or year; empty where it is not known.
        sizes: the sizes it comes in.
        parameters: exact counts, by size.
        context: tokens it takes; empty where it is not known.
        input: what it takes.
        prompt: the form of its prompt.
        ids: repositories.
        license: SPDX id, or `Gemma Terms of Use`.
        limits: what it cannot do, and what is not established.
        figures: other exact numbers, by name.
        asked: how people ask for it.
        source: ids below `sources/`.
    """

    title: str
    use: str
    base: str
    license: str
    source: tuple[str, ...]
    when: str = ""
    released: str = ""
    sizes: tuple[str, ...] = ()
    parameters: Mapping[str, object] | None = None
    context: int | None = None
    input: tuple[str, ...] = ()
    prompt: str = ""
    ids: tuple[str, ...] = ()
    limits: str = ""
    figures: Mapping[str, object] | None = None
    asked: tuple[str, ...] = ()
