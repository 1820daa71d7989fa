"""An environment against the advisories: which apply, which cannot be told, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gemwright.catalog.advisories import SEVERITIES, Advisory
from gemwright.catalog.document import Catalog
from gemwright.catalog.ranges import Range
from gemwright.catalog.things import Runtime
from gemwright.corpus.condition import UNKNOWN, Outcome, Versioned, parse_condition
from gemwright.corpus.environment import CORE, Environment, package_name, setting_name, variant_name
from gemwright.foundation.versions import Scheme, compare

__all__ = ["Match", "match", "match_one"]

_ORDER: Mapping[bool | None, int] = {True: 2, None: 1, False: 0}


@dataclass(frozen=True, slots=True)
class Match:
    """What one advisory has to do with an environment.

    Attributes:
        id: of the advisory.
        advisory: the record.
        applies: yes, no, or None where it cannot be told.
        reason: why, as a sentence.
        needs: what would have to be known, where it cannot be told.
    """

    id: str
    advisory: Advisory
    applies: bool | None
    reason: str
    needs: tuple[str, ...]


def match(catalog: Catalog, environment: Environment) -> list[Match]:
    """Return every advisory that applies or may apply, the worst first.

    Args:
        catalog: where the advisories are.
        environment: what somebody runs.
    """
    runtimes = catalog.all(Runtime)
    packages = {package_name(name): str(scheme) for name, scheme in catalog.vocabulary.packages.items()}
    found: list[Match] = []
    for name, advisory in catalog.all(Advisory).items():
        if advisory.withdrawn:
            continue
        outcome = match_one(advisory, environment, packages, runtimes)
        if outcome.truth is not False:
            reason = "; ".join(outcome.because)
            found.append(Match(name, advisory, outcome.truth, reason, outcome.needs if outcome.truth is None else ()))
    found.sort(key=lambda one: (one.applies is None, SEVERITIES.index(one.advisory.severity), one.id))
    return found


def match_one(
    advisory: Advisory, environment: Environment, schemes: Mapping[str, str], runtimes: Mapping[str, Runtime]
) -> Outcome:
    """Return whether an advisory applies to an environment.

    It applies when one of its ranges holds an installed version, a model of one of its variants runs on that software,
    and its condition holds; each of the three may be unknown.

    Args:
        advisory: the advisory.
        environment: what somebody runs.
        schemes: how the versions of each package are counted.
        runtimes: the runtimes, for what they carry inside.
    """
    condition = parse_condition(advisory.detect.when)
    best = Outcome(False)
    for package, version in _versions(advisory, environment, runtimes):
        if version.truth is False:
            continue
        for model, variant in _models(advisory, environment, package, runtimes):
            if variant.truth is False:
                continue
            for gpu in environment.gpus or (None,):
                asked = condition.ask(partial(_look_up, environment, schemes, model, gpu))
                best = _better(best, _all(version, variant, asked))
                if best.truth:
                    return best
    return best


def _better(one: Outcome, other: Outcome) -> Outcome:
    if _ORDER[other.truth] != _ORDER[one.truth]:
        return other if _ORDER[other.truth] > _ORDER[one.truth] else one
    return other if one.truth is None and len(other.needs) < len(one.needs) else one


def _all(*outcomes: Outcome) -> Outcome:
    because = tuple(reason for one in outcomes for reason in one.because)
    if any(one.truth is False for one in outcomes):
        return Outcome(False)
    needs = tuple(dict.fromkeys(name for one in outcomes for name in one.needs))
    return Outcome(None if needs else True, needs, because)


def _versions(
    advisory: Advisory, environment: Environment, runtimes: Mapping[str, Runtime]
) -> Iterator[tuple[str, Outcome]]:
    """Yield each package of the environment that the advisory names, and whether its version is affected."""
    if not advisory.affected:
        yield "", Outcome(True)
    for one in advisory.affected:
        there, version = environment.version(one.package)
        if there:
            yield package_name(one.package), _in_range(one, version)
    for name in environment.runtimes or ():
        mirror = runtimes[name].mirror if name in runtimes else ""
        if mirror and any(package_name(one.package) == mirror for one in advisory.affected):
            told = any(package_name(one.package) == name for one in advisory.affected)
            if not told and not environment.version(mirror)[0]:
                yield name, Outcome(None, (f"the version of {mirror} inside {name}",), (f"{name} carries {mirror}",))


def _in_range(one: Range, version: str | None) -> Outcome:
    span = one.span()
    if not version:
        if not one.events or (one.every_version and one.events[0].introduced == "0"):
            return Outcome(True, (), (f"{one.package} in any version",))
        return Outcome(None, (f"the version of {one.package}",), (f"{one.package} {span}",))
    inside = one.holds(version)
    if inside is False:
        return Outcome(False)
    if inside is None:
        needs = f"an order for {one.package} {version}"
        if one.outruns(version):
            needs = f"whether {one.package} {version} still has it (last seen in {one.last_seen})"
        return Outcome(None, (needs,), (f"{one.package} {span}",))
    return Outcome(True, (), (f"{one.package} {version} is affected ({span})",))


def _models(
    advisory: Advisory, environment: Environment, package: str, runtimes: Mapping[str, Runtime]
) -> Iterator[tuple[Mapping[str, object] | None, Outcome]]:
    """Yield each model that the package has to do with, and whether it is one of the advisory's variants.

    A runtime has to do with the models that run on it; a library, a trainer or a client with all.
    """
    if environment.models is None:
        wanted = f"the variant (one of {', '.join(advisory.variants)})" if advisory.variants else ""
        yield None, Outcome(None, (wanted,)) if wanted else Outcome(True)
        return
    listed = environment.runtimes is not None and package in environment.runtimes
    serves = listed and package in runtimes and runtimes[package].kind in ("runtime", "server")
    for model in environment.models:
        if serves and model.get("runtime", package) != package:
            continue
        variant = model.get("variant")
        if variant is None:
            wanted = f"the variant (one of {', '.join(advisory.variants)})" if advisory.variants else ""
            yield model, Outcome(None, (wanted,)) if wanted else Outcome(True)
        elif advisory.variants:
            fits = variant in {variant_name(one) for one in advisory.variants}
            yield model, Outcome(fits, (), (f"the model is {variant}",))
        else:
            yield model, Outcome(variant in CORE)


def _look_up(
    environment: Environment,
    schemes: Mapping[str, str],
    model: Mapping[str, object] | None,
    gpu: Mapping[str, object] | None,
    name: str,
) -> object:
    root, _, rest = name.partition(".")
    if root == "settings":
        return _setting(environment, setting_name(rest))
    if root == "version":
        there, version = environment.version(rest)
        scheme = schemes.get(package_name(rest))
        return Versioned(version, partial(_compare, _scheme(scheme))) if there and version and scheme else UNKNOWN
    if root == "installed":
        known = environment.runtimes is not None or environment.packages is not None
        return environment.version(rest)[0] if known else UNKNOWN
    if root == "os":
        return UNKNOWN if environment.os is None else environment.os
    if root == "task":
        return UNKNOWN if environment.task is None else environment.task
    if name == "gpu.count":
        return UNKNOWN if environment.gpus is None else len(environment.gpus)
    if root == "gpu" and environment.gpus is not None and gpu is None:
        return None  # there is none
    found = (model if root == "model" else gpu) or {}
    return found.get(rest, UNKNOWN)


_TOLD_BY: Mapping[str, str] = {"tool_calls": "tools", "ollama_flash_attention": "flash_attn"}
"""Settings that another one answers where they are not given themselves."""


def _setting(environment: Environment, name: str) -> object:
    for one in (name, _TOLD_BY.get(name, "")):
        if one in environment.settings:
            return environment.settings[one]
    return UNKNOWN


def _scheme(name: str | None) -> Scheme:
    schemes: Sequence[Scheme] = ("pep440", "semver", "build", "calver", "date")
    return next(one for one in schemes if one == name)


def _compare(scheme: Scheme, left: str, right: str) -> int | None:
    return compare(left, right, scheme)
