"""Large random instances in columns, for measurements: made at once, not user by user."""

from __future__ import annotations

import numpy as np

from wnpopt.problems.slide.columnar.columns import SlideColumns


def random_columns(
    users: int,
    models: int,
    layers: int,
    seed: int,
    *,
    receive: bool = False,
    weighted: bool = False,
    multicast: bool = False,
    requested: bool = False,
    served_share: float = 0.5,
) -> SlideColumns:
    """A cell of ``users`` users and ``models`` models of ``layers`` layers; the band is enough for about
    ``served_share`` of the users one by one."""
    rng = np.random.default_rng([seed, 0x636F6C])
    sizes, work = rng.uniform(2e7, 2e8, models), rng.uniform(1e9, 2e10, models)
    bits, flop = rng.lognormal(0.0, 1.0, (models, layers)), rng.lognormal(0.0, 1.0, (models, layers))
    bits *= (sizes / bits.sum(axis=1))[:, None]
    flop *= (work / flop.sum(axis=1))[:, None]
    efficiency = rng.uniform(0.5, 7.0, users)
    deadline = 1.5 * rng.lognormal(0.0, 0.4, users)
    allowed = np.zeros((0, 0), dtype=np.bool_)
    if requested:
        allowed = np.zeros((users, models), dtype=np.bool_)
        allowed[np.arange(users), rng.integers(0, models, users)] = True
    typical = float(np.median(sizes.min() / deadline / efficiency))
    nothing = np.zeros(0)
    return SlideColumns(
        name=f"columns-{users}x{models}x{layers}-s{seed}",
        bandwidth_hz=typical * (20.0 * models if multicast else served_share * users),
        model_names=np.array([f"model{j}" for j in range(models)]),
        accuracy=rng.uniform(0.5, 0.95, models),
        layer_start=np.arange(models + 1, dtype=np.int64) * layers,
        bits=bits.ravel(),
        flop=flop.ravel(),
        deadline_s=deadline,
        efficiency=efficiency,
        frequency_min_hz=np.full(users, 2e8),
        frequency_max_hz=rng.uniform(0.8e9, 2e9, users),
        flop_per_cycle=rng.uniform(15.0, 60.0, users),
        energy_per_flop_hz2=rng.uniform(0.5e-28, 2e-28, users),
        energy_j=rng.uniform(0.5, 3.0, users),
        receive_w=rng.uniform(0.2, 1.0, users) if receive else np.zeros(users),
        min_accuracy=np.zeros(users),
        weight=rng.integers(1, 11, users).astype(np.float64) if weighted else np.ones(users),
        user_names=np.array([], dtype=np.str_),
        allowed=allowed,
        power_w=nothing,
        gain=nothing,
        noise_w_per_hz=nothing,
        multicast=multicast,
        weighted=weighted,
    )
