"""One small random change of a slide instance, for the adversarial search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wnpopt.core.perturbation import Range, change, pick, replaced
from wnpopt.problems.slide.instance import Link, SlideInstance, User


def perturb(instance: SlideInstance, rng: np.random.Generator, origin: SlideInstance) -> SlideInstance:
    """``instance`` with one number changed.

    That is a user's deadline, link (spectral efficiency, or gain), energy limit or weight, the bandwidth, the cache,
    or a layer's bits or flop; each stays within a factor of 5 of the range that it has in ``origin`` (layers: of the
    range in their own model). Limits that ``origin`` does not set stay unset, integral weights stay integral; names
    and sizes, devices, what users may be served with, and the objective stay.
    """
    move = _Moves(instance, rng, origin)
    return change(
        instance,
        rng,
        (move.deadline, move.deadline, move.link, move.link, move.energy, move.weight, move.weight, move.bandwidth,
         move.cache, move.bits, move.flop),
    )  # fmt: skip


class _Moves:
    """The changes; each returns None where there is nothing to change."""

    def __init__(self, instance: SlideInstance, rng: np.random.Generator, origin: SlideInstance) -> None:
        self._instance, self._rng, self._origin = instance, rng, origin

    def deadline(self) -> SlideInstance | None:
        """A user's deadline."""
        return self._user(lambda user: user.deadline_s, "deadline_s")

    def energy(self) -> SlideInstance | None:
        """A user's energy limit."""
        return self._user(lambda user: user.energy_j, "energy_j")

    def weight(self) -> SlideInstance | None:
        """A user's weight, where weights count."""
        users = self._instance.users
        if self._instance.objective != "weighted" or not users:
            return None
        if not all(user.weight.is_integer() for user in self._origin.users):
            return self._user(lambda user: user.weight, "weight")
        u = pick(len(users), self._rng)
        allowed = Range.around(user.weight for user in self._origin.users)
        weight = float(allowed.integer(int(users[u].weight), self._rng, least=1))
        return self._with_user(u, users[u].model_copy(update={"weight": weight}))

    def link(self) -> SlideInstance | None:
        """A user's spectral efficiency, or the gain of a link of fixed power."""
        users = self._instance.users
        if not users:
            return None
        u = pick(len(users), self._rng)
        link = users[u].link
        if link.spectral_efficiency > 0:
            known = [other.link.spectral_efficiency for other in self._origin.users]
            allowed = Range.around(value for value in known if value > 0)
            changed = Link(spectral_efficiency=allowed.real(link.spectral_efficiency, self._rng))
        else:
            allowed = Range.around(other.link.gain for other in self._origin.users if other.link.gain > 0)
            gain = allowed.real(link.gain, self._rng)
            changed = Link(power_w=link.power_w, gain=gain, noise_w_per_hz=link.noise_w_per_hz)
        return self._with_user(u, users[u].model_copy(update={"link": changed}))

    def bandwidth(self) -> SlideInstance | None:
        """The bandwidth that is divided."""
        allowed = Range.around([self._origin.bandwidth_hz])
        return self._instance.model_copy(update={"bandwidth_hz": allowed.real(self._instance.bandwidth_hz, self._rng)})

    def cache(self) -> SlideInstance | None:
        """The size of the cache, where there is one."""
        if self._instance.cache_bits is None or self._origin.cache_bits is None:
            return None
        allowed = Range.around([self._origin.cache_bits])
        return self._instance.model_copy(update={"cache_bits": allowed.real(self._instance.cache_bits, self._rng)})

    def bits(self) -> SlideInstance | None:
        """A layer's bits."""
        return self._layer("bits")

    def flop(self) -> SlideInstance | None:
        """A layer's flop."""
        return self._layer("flop")

    def _user(self, read: Callable[[User], float | None], field: str) -> SlideInstance | None:
        users = self._instance.users
        if not users:
            return None
        u = pick(len(users), self._rng)
        value = read(users[u])
        if value is None:
            return None
        allowed = Range.around(known for other in self._origin.users if (known := read(other)) is not None)
        return self._with_user(u, users[u].model_copy(update={field: allowed.real(value, self._rng)}))

    def _layer(self, field: str) -> SlideInstance | None:
        models = self._instance.models
        j = pick(len(models), self._rng)
        layers = models[j].layers
        place = pick(len(layers), self._rng)
        allowed = Range.around(float(getattr(layer, field)) for layer in self._origin.models[j].layers)
        value = allowed.real(float(getattr(layers[place], field)), self._rng)
        changed = layers[place].model_copy(update={field: value})
        model = models[j].model_copy(update={"layers": replaced(layers, place, changed)})
        return self._instance.model_copy(update={"models": replaced(models, j, model)})

    def _with_user(self, u: int, user: User) -> SlideInstance:
        return self._instance.model_copy(update={"users": replaced(self._instance.users, u, user)})
