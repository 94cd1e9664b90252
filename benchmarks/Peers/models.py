"""Whole networks and a training step, as cases."""

import torch
from torch.nn import functional

import training_step
from discriminator import TINY as TINY_DISCRIMINATOR, Discriminator
from generator import TINY as TINY_GENERATOR, Generator

FRAMES = 128


def paper_generator(device):
    generator = Generator().to(device)
    noise = torch.randn(generator.noise_shape(1, FRAMES), device=device)

    def forward():
        with torch.no_grad():
            generator(noise, FRAMES)

    return forward, "3-D contiguous, then 2-D channels last"


def paper_discriminator(device):
    discriminator = Discriminator().to(device)
    video = torch.rand(1, FRAMES, 36, 64, 3, device=device) * 2 - 1

    def forward_and_backward():
        discriminator.zero_grad(set_to_none=True)
        with torch.enable_grad():
            functional.softplus(-discriminator(video)).mean().backward()

    return forward_and_backward, "2-D channels last, then 3-D contiguous"


def tiny_step(device):
    sizes = TINY_DISCRIMINATOR
    training = training_step.Training(TINY_GENERATOR, sizes, device=device)
    real = torch.rand(4, sizes.frames, sizes.height, sizes.width, 3, device=device) * 2 - 1

    def step():
        with torch.enable_grad():
            training.step(real)

    def penalty():
        with torch.enable_grad():
            training.update_penalty(real)

    return {"step": step, "penalty": penalty}, "flat parameters"


def cases():
    """Name and what prepares it."""
    yield "paper generator", paper_generator
    yield "paper discriminator", paper_discriminator
    yield "tiny step", tiny_step
