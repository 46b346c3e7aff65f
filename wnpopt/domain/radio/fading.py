"""Small-scale fading: the frequency response of tapped delay lines over time.

Each tap is a sum of sinusoids with complex Gaussian amplitudes whose Doppler shifts are those of waves from
random directions in the plane: at any time its gain is exactly complex Gaussian (Rayleigh amplitude), and
over draws its autocorrelation is exactly J0(2 pi f_D t), Clarke's model (Clarke, Bell System Technical
Journal 47, 1968). The line-of-sight path of TDL-D and TDL-E has a constant amplitude and the Doppler shift
0.7 f_D (TR 38.901, 7.7.2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.errors import InputError
from wnpopt.domain.radio.tdl import Profile

SINUSOIDS = 32
"""Waves that make up a tap."""

_CHUNK = 1 << 19
"""Complex numbers of a working array: bounds the memory whatever the number of slots."""


def frequency_response(
    profile: Profile,
    *,
    delay_spread_s: float,
    doppler_hz: float,
    frequencies_hz: NDArray[np.float64],
    times_s: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.complex128]:
    """One realisation of the channel, shape (frequencies, times), of mean power 1.

    Double precision throughout: rates are rounded down later, and a seed must give the same bits on every machine.

    ``frequencies_hz`` are offsets from the carrier. Raises :class:`InputError` for a negative or infinite
    spread or Doppler shift.
    """
    for where, value in (("delay_spread_s", delay_spread_s), ("doppler_hz", doppler_hz)):
        if not (np.isfinite(value) and value >= 0):
            raise InputError(f"found {value}; a finite number of at least 0 is needed", where=where)
    taps = len(profile.delays)
    directions = rng.uniform(-np.pi, np.pi, size=(taps, SINUSOIDS))
    amplitudes = rng.standard_normal((taps, SINUSOIDS)) + 1j * rng.standard_normal((taps, SINUSOIDS))
    amplitudes *= np.sqrt(profile.powers[:, None] / (2 * SINUSOIDS))
    specular_phase = rng.uniform(-np.pi, np.pi)
    shifts = 2 * np.pi * doppler_hz * np.cos(directions)
    delays = profile.delays * delay_spread_s
    steering = np.exp(-2j * np.pi * np.outer(frequencies_hz, delays))
    response = np.empty((len(frequencies_hz), len(times_s)), dtype=np.complex128)
    step = max(1, _CHUNK // (taps * SINUSOIDS))
    for begin in range(0, len(times_s), step):
        times = times_s[begin : begin + step]
        phases = shifts[:, :, None] * times
        gains = np.einsum("ls,lst->lt", amplitudes, np.exp(1j * phases), optimize=False)
        if profile.specular > 0:
            path = np.exp(1j * (2 * np.pi * 0.7 * doppler_hz * times + specular_phase))
            gains[0] += np.sqrt(profile.specular) * path
        response[:, begin : begin + step] = steering @ gains
    return response


def resource_block_frequencies(blocks: int, spacing_hz: float, samples: int = 1) -> NDArray[np.float64]:
    """Frequencies of ``samples`` equidistant points in each of ``blocks`` resource blocks, around the
    carrier.

    Shape (blocks * samples,), block after block. One sample is the middle of the block.
    """
    if blocks < 1 or samples < 1:
        raise InputError(f"found {blocks} blocks and {samples} samples; at least 1 each is needed", where="blocks")
    width = 12 * spacing_hz
    places = np.arange(blocks * samples, dtype=np.float64)
    return (places + 0.5) * (width / samples) - blocks * width / 2
