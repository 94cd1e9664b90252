"""One training step of both low-resolution networks: generator, discriminator, R1 penalty, moving average."""

import random
from dataclasses import dataclass

import torch
from torch.nn import functional

from discriminator import Discriminator
from generator import Generator

R1_INTERVAL = 16


@dataclass(frozen=True)
class Options:
    generator_rate: float = 0.003
    discriminator_rate: float = 0.002
    beta2: float = 0.99
    r1_gamma: float = 1.0
    magnitude_beta: float = 0.999
    average_beta: float = 0.99985
    average_warmup: int = 25_000
    is_augmented: bool = True     # DiffAug, stretched time, and clips that begin anywhere


class FlatParameters:
    """The parameters of a module in one tensor, their gradients in another, so that updates are a few large steps."""

    def __init__(self, module):
        parameters = list(module.parameters())
        self.values = torch.cat([parameter.detach().flatten() for parameter in parameters])
        self.gradient = torch.zeros_like(self.values)
        start = 0
        for parameter in parameters:
            end = start + parameter.numel()
            parameter.data = self.values[start:end].view_as(parameter)
            parameter.grad = self.gradient[start:end].view_as(parameter)
            start = end
        self.leaf = torch.nn.Parameter(self.values)
        self.leaf.grad = self.gradient

    def step(self, optimizer, gain=1.0):
        if gain != 1:
            self.gradient.mul_(gain)
        torch.nan_to_num(self.gradient, nan=0.0, posinf=1e5, neginf=-1e5, out=self.gradient)
        optimizer.step()
        self.gradient.zero_()


class Augmentation:
    """The discriminator's view of a batch: colours, shift, cutout, and time stretched by up to a factor of two."""

    def __init__(self, clips, frames, height, width, device):
        def uniforms():
            return torch.rand(clips, 1, 1, 1, 1, device=device)

        self.brightness = uniforms() - 0.5
        self.saturation = 2 * uniforms()
        self.contrast = uniforms() + 0.5
        reach = int(max(height, width) * 0.25 + 0.5)
        self.shifts = [(random.randint(-reach, reach), random.randint(-reach, reach)) for _ in range(clips)]
        self.kept = torch.stack([self.cutout(height, width) for _ in range(clips)])[:, None, :, :, None].to(device)
        self.stretch = torch.stack([self.stretching(frames) for _ in range(clips)]).to(device)

    @staticmethod
    def cutout(height, width):
        kept = torch.ones(height, width)
        spans = []
        for size in (height, width):
            cut = int(size * 0.5 + 0.5)
            start = random.randint(0, size - cut % 2) - cut // 2
            spans.append(slice(min(max(start, 0), size - 1), min(max(start + cut - 1, 0), size - 1) + 1))
        kept[tuple(spans)] = 0
        return kept

    @staticmethod
    def stretching(frames):
        """[frames, frames]: the weights of the frames of a clip in those of the stretched, padded and cropped one."""
        scale = 2 ** random.uniform(-1, 1)
        length = int(frames * scale)
        offset = random.randint(0, max(0, length - frames)) - random.randint(0, max(0, frames - length))
        positions = ((torch.arange(frames) + offset + 0.5) / scale - 0.5).clamp(min=0)
        lower = positions.long().clamp(max=frames - 1)
        share = (positions - lower)[:, None]
        identity = torch.eye(frames)
        weights = torch.lerp(identity[lower], identity[(lower + 1).clamp(max=frames - 1)], share)
        places = torch.arange(frames) + offset
        return weights * ((places >= 0) & (places < length))[:, None]

    def __call__(self, video):  # [N, T, H, W, 3]
        video = video + self.brightness
        video = torch.lerp(video.mean(4, keepdim=True), video, self.saturation)
        video = torch.lerp(video.mean((1, 2, 3, 4), keepdim=True), video, self.contrast)
        shifted = [functional.pad(clip, (0, 0, -right, right, -down, down))
                   for clip, (down, right) in zip(video, self.shifts)]
        video = torch.stack(shifted) * self.kept
        return (self.stretch @ video.flatten(2)).view_as(video)


class Training:
    def __init__(self, generator_sizes, discriminator_sizes, options=Options(), device="cpu"):
        self.options, self.device = options, device
        self.sizes = discriminator_sizes
        self.generator = Generator(generator_sizes).to(device)
        self.discriminator = Discriminator(discriminator_sizes).to(device)
        self.average = Generator(generator_sizes).to(device).requires_grad_(False)
        self.start()

    def start(self):
        """Takes the networks as they are now."""
        options = self.options
        lazy = R1_INTERVAL / (R1_INTERVAL + 1)
        self.average.load_state_dict(self.generator.state_dict())
        self.flat_generator = FlatParameters(self.generator)
        self.flat_discriminator = FlatParameters(self.discriminator)
        self.flat_average = FlatParameters(self.average)
        self.generator_adam = torch.optim.Adam(
            [self.flat_generator.leaf], lr=options.generator_rate, betas=(0, options.beta2))
        self.discriminator_adam = torch.optim.Adam(
            [self.flat_discriminator.leaf], lr=options.discriminator_rate * lazy, betas=(0, options.beta2 ** lazy))
        self.steps = 0

    def draw_noise(self, clips):
        generator = self.generator
        shape = generator.noise_shape(clips, self.sizes.frames, self.options.is_augmented)
        starts = None
        if self.options.is_augmented:
            places = generator.counts(self.sizes.frames).scales[0]
            starts = [random.randrange(places) for _ in range(clips)]
        return torch.randn(shape, device=self.device), starts

    def judge(self, video):
        if self.options.is_augmented:
            video = Augmentation(len(video), *video.shape[1:4], self.device)(video)
        return self.discriminator(video)

    def update_generator(self, noise, starts=None):
        self.discriminator.requires_grad_(False)
        loss = functional.softplus(-self.judge(self.generator(noise, self.sizes.frames, starts=starts))).mean()
        loss.backward()
        self.flat_generator.step(self.generator_adam)
        return loss

    def update_discriminator(self, real, noise, starts=None):
        self.discriminator.requires_grad_(True)
        with torch.no_grad():
            fake = self.generator(noise, self.sizes.frames, self.options.magnitude_beta, starts)
        # Both halves in one pass: nothing in the discriminator mixes clips, and larger batches are faster.
        fakes, reals = self.judge(torch.cat([fake, real])).chunk(2)
        fake_loss, real_loss = functional.softplus(fakes).mean(), functional.softplus(-reals).mean()
        (fake_loss + real_loss).backward()
        self.flat_discriminator.step(self.discriminator_adam)
        return fake_loss, real_loss

    def update_penalty(self, real):
        self.discriminator.requires_grad_(True)
        video = real.detach().requires_grad_()
        slope, = torch.autograd.grad(self.judge(video).sum(), video, create_graph=True)
        penalty = slope.square().sum((1, 2, 3, 4)).mean()
        (penalty * (self.options.r1_gamma / 2)).backward()
        self.flat_discriminator.step(self.discriminator_adam, gain=R1_INTERVAL)
        return penalty

    def update_average(self):
        options = self.options
        # The average's half life grows with the steps, up to that of its final beta.
        beta = min(options.average_beta ** ((options.average_warmup + 1) / (self.steps + 1)), options.average_beta)
        with torch.no_grad():
            self.flat_average.values.lerp_(self.flat_generator.values, 1 - beta)
            for average, buffer in zip(self.average.buffers(), self.generator.buffers()):
                average.lerp_(buffer, 1 - beta)
        self.steps += 1

    def step(self, real):
        """All but the penalty."""
        self.update_generator(*self.draw_noise(len(real)))
        self.update_discriminator(real, *self.draw_noise(len(real)))
        self.update_average()
