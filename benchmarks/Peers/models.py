"""Whole networks and a training step, as cases."""

import contextlib

import torch
from torch.nn import functional

import training_step
from discriminator import TINY as TINY_DISCRIMINATOR, Discriminator
from generator import TINY as TINY_GENERATOR, Generator

FRAMES = 128


def paper_generator(device, dtype=None):
    generator = Generator().to(device)
    noise = torch.randn(generator.noise_shape(1, FRAMES), device=device)

    def forward():
        with torch.no_grad(), computing_with(dtype, device):
            generator(noise, FRAMES)

    return forward, f"3-D contiguous, then 2-D channels last{said(dtype)}"


def paper_discriminator(device, dtype=None):
    discriminator = Discriminator().to(device)
    video = torch.rand(1, FRAMES, 36, 64, 3, device=device) * 2 - 1

    def forward_and_backward():
        discriminator.zero_grad(set_to_none=True)
        with torch.enable_grad():
            with computing_with(dtype, device):
                loss = functional.softplus(-discriminator(video)).mean()
            loss.backward()

    return forward_and_backward, f"2-D channels last, then 3-D contiguous{said(dtype)}"


def tiny_step(device, dtype=None):
    sizes = TINY_DISCRIMINATOR
    training = training_step.Training(TINY_GENERATOR, sizes, device=device)
    real = torch.rand(4, sizes.frames, sizes.height, sizes.width, 3, device=device) * 2 - 1

    def step():
        with torch.enable_grad(), computing_with(dtype, device):
            training.step(real)

    def penalty():
        with torch.enable_grad(), computing_with(dtype, device):
            training.update_penalty(real)

    return {"step": step, "penalty": penalty}, f"flat parameters{said(dtype)}"


def computing_with(dtype, device):
    """Where a type is given, PyTorch says of each operation whether it may compute with it."""
    return torch.autocast(device.split(":")[0], dtype) if dtype else contextlib.nullcontext()


def said(dtype):
    return ", autocast" if dtype else ""


def cases():
    """Name and what prepares it."""
    yield "paper generator", paper_generator
    yield "paper discriminator", paper_discriminator
    yield "tiny step", tiny_step
