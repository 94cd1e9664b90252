"""The filters of the low-resolution networks, designed in double precision."""

import math

import torch
from torch.nn import functional

BINOMIAL = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8


def lowpass(tap_count, cutoff, width, sampling_rate):
    """Taps of a windowed sinc that sum to 1, [tap_count]; the Kaiser window follows from the transition width."""
    nyquist = sampling_rate / 2
    beta = kaiser_beta(2.285 * (tap_count - 1) * math.pi * width / nyquist + 7.95)
    window = torch.kaiser_window(tap_count, periodic=False, beta=beta, dtype=torch.float64)
    places = torch.arange(tap_count, dtype=torch.float64) - (tap_count - 1) / 2
    taps = window * torch.sinc(places * cutoff / nyquist)
    return taps / taps.sum()


def kaiser_beta(attenuation):
    if attenuation > 50:
        return 0.1102 * (attenuation - 8.7)
    if attenuation > 21:
        return 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21)
    return 0.0


def lowpass_bank(filter_count, minimum_rate, maximum_rate):
    """A bank with log-spaced rates: filters [filter_count, taps], each in the last taps, and what scales each."""
    exponents = torch.linspace(math.log2(minimum_rate), math.log2(maximum_rate), filter_count, dtype=torch.float64)
    rates = (2 ** exponents).tolist()
    rates[-1] = float(maximum_rate)
    tap_count = math.ceil(maximum_rate / 2)
    rows = []
    for rate in rates:
        taps = lowpass(math.ceil(rate / 2), 2, 12, rate)
        rows.append(functional.pad(taps, (tap_count - len(taps), 0)))
    bank = torch.stack(rows).float()
    return bank, bank.double().square().sum(1).rsqrt().float()


def halving_matrix(length, taps):
    """[length / 2, length]: filters with zeros around, and keeps every other sample."""
    before = len(taps) // 2 - 1
    matrix = torch.zeros(length // 2, length + 2 * before, device=taps.device)
    for output in range(length // 2):
        matrix[output, 2 * output:2 * output + len(taps)] = taps
    return matrix[:, before:before + length].contiguous()


def square_blur():
    """[1, 1, 4, 4]: 1 3 3 1 over 8 along both axes."""
    return (BINOMIAL[:, None] * BINOMIAL)[None, None]


def fast_length(length):
    """The next length whose prime factors are 2, 3 and 5, for which the Fourier transform is fast."""
    while True:
        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1 and length % 2 == 0:
            return length
        length += 1
