"""Steps of diffusion, and the check of gradients for overflow, each in the way that PyTorch does fastest."""

import torch

from kernels import Case

LATENTS = (256, 64, 64, 4)
SAMPLES = (512, 64, 64, 4)
LEVELS = 64
GRADIENT_ELEMENTS = 32_000_000


def forward_diffusion(device):
    level = torch.arange(SAMPLES[0], device=device) % LEVELS
    signal = torch.cos(torch.arange(LEVELS, device=device) * 0.02)
    spread = torch.sin(torch.arange(LEVELS, device=device) * 0.02)

    def rows(table):
        return table[level].view(-1, 1, 1, 1)

    candidates = {
        "sum of products": lambda x, noise: rows(signal) * x + rows(spread) * noise,
        "addcmul_": lambda x, noise: (rows(signal) * x).addcmul_(rows(spread), noise),
    }
    return Case(candidates, (SAMPLES, SAMPLES))


def guidance(device):
    weights = torch.tensor([[7.5, 1.5 - 7.5, 1 - 1.5]], device=device)
    candidates = {
        "differences": lambda x: x[2] + 7.5 * (x[0] - x[1]) + 1.5 * (x[1] - x[2]),
        "in place": lambda x: torch.mul(x[0], 7.5).add_(x[1], alpha=-6).add_(x[2], alpha=-0.5),
        "product": lambda x: (weights @ x.view(3, -1)).view(LATENTS),
    }
    return Case(candidates, ((3, *LATENTS),))


def euler_ancestral_step(device):
    sigma, down, up = 5.0, 1.8, 2.4
    share = (down - sigma) / sigma
    candidates = {
        "as written": lambda x, denoised, noise: x + (x - denoised) / sigma * (down - sigma) + up * noise,
        "in place": lambda x, denoised, noise:
            torch.mul(x, 1 + share).add_(denoised, alpha=-share).add_(noise, alpha=up),
    }
    return Case(candidates, (LATENTS,) * 3)


def ddim_step(device):
    signal, spread, next_signal, direction, sigma = 0.55, 0.84, 0.63, 0.5, 0.59
    seen_share = direction - next_signal * spread / signal
    candidates = {
        "as written": lambda x, seen, noise:
            next_signal * ((x - spread * seen) / signal) + direction * seen + sigma * noise,
        "in place": lambda x, seen, noise:
            torch.mul(x, next_signal / signal).add_(seen, alpha=seen_share).add_(noise, alpha=sigma),
    }
    return Case(candidates, (LATENTS,) * 3)


def overflow_check(device):
    candidates = {
        "isfinite": lambda gradient: torch.isfinite(gradient).all(),
        "sum": lambda gradient: torch.isfinite(gradient.sum()),
        "largest": lambda gradient: torch.isfinite(torch.linalg.vector_norm(gradient, float("inf"))),
    }
    return Case(candidates, ((GRADIENT_ELEMENTS,),))


def cases():
    """Name and what prepares it."""
    yield "forward diffusion", forward_diffusion
    yield "guidance", guidance
    yield "euler ancestral step", euler_ancestral_step
    yield "ddim step", ddim_step
    yield "overflow check", overflow_check
