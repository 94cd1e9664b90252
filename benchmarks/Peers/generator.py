"""The low-resolution generator in plain PyTorch, written for speed on its own terms.

Names of parameters are those of the released checkpoints, so that recorded cases load. What makes it fast: layers that
know time are convolved in 3-D, in contiguous memory; those that do not in 2-D, channels last, with the frames as the
batch. Styles change from frame to frame, so that activations are scaled, not weights: no grouped convolution could do
it. Gains are folded into small factors, which a leaky rectifier lets pass. Resampling is interpolation, or a product
with a small banded matrix; the bank of long filters is a product of spectra.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

import filters
from layers import CLAMP, ROOT_HALF, ROOT_TWO, SLOPE, FullyConnected, activate, convolve, normal


@dataclass(frozen=True)
class GeneratorSizes:
    height: int = 36
    width: int = 64
    embedding: int = 1024
    latent: int = 1024
    bank: tuple = (128, 250, 10_000)  # filters, lowest and highest rate
    padding: int = 8
    temporal_channels: tuple = ((512, 512), (512, 512), (512, 512), (512, 512), (512, 256), (256, 256))
    spatial_channels: tuple = ((256, 128), (128, 128), (128, 64), (64, 64))


TINY = GeneratorSizes(
    embedding=64, latent=64, bank=(32, 100, 1000), padding=6,
    temporal_channels=((48, 48), (48, 48), (48, 48), (48, 32), (32, 32), (32, 24)),
    spatial_channels=((24, 24), (24, 16), (16, 12), (12, 12)))


class NoiseEmbedding(nn.Module):
    """Each channel of white noise through each filter of the bank, as one product in the frequency domain."""

    def __init__(self, channels, bank):
        super().__init__()
        kernels, scales = filters.lowpass_bank(*bank)
        self.register_buffer("blur_filters", kernels[:, None])
        self.register_buffer("output_scale", scales[None, :, None])
        self.noise_channels = channels // len(kernels)
        self.tap_count = kernels.shape[1]
        self.spectra = {}

    def forward(self, noise):  # [N, K, L]
        frames = noise.shape[2] - self.tap_count + 1
        length = filters.fast_length(noise.shape[2])
        if length not in self.spectra:
            kernels = self.blur_filters[:, 0] * self.output_scale[0]
            self.spectra[length] = torch.fft.rfft(kernels, n=length).conj()
        products = torch.fft.rfft(noise, n=length)[:, :, None] * self.spectra[length]  # [N, K, B, length / 2 + 1]
        return torch.fft.irfft(products, n=length)[..., :frames].flatten(1, 2)  # [N, K B, frames]


class MagnitudeEma(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("magnitude_ema", torch.ones([]))

    def forward(self, x, beta):
        if beta < 1:
            with torch.no_grad():
                mean_square = torch.linalg.vector_norm(x).square() / x.numel()
                mean_square = mean_square.to(self.magnitude_ema.dtype)
                self.magnitude_ema.lerp_(mean_square, 1 - beta)
        return self.magnitude_ema.rsqrt()


def demodulation(weight, style):
    """[N, T, O]: brings each output frame back to unit variance; the maxima are those of a half-precision scheme."""
    energy = torch.linalg.vector_norm(weight.flatten(2), dim=2).square()  # [O, C]
    variance = style.square() @ energy.t()
    largest_weight = weight.flatten(1).abs().amax(1)
    largest_style = style.abs().amax((1, 2), keepdim=True)
    epsilon = 1e-8 * weight[0].numel() * (largest_weight * largest_style).square()
    return (variance + epsilon).rsqrt()


def per_frame(values, like):
    """[N, T, C] so that it scales activations: [N, C, T, H, W] in 3-D, [N T, C, H, W] in 2-D, in their type."""
    values = values.to(like.dtype)
    if like.dim() == 5:
        return values.transpose(1, 2)[..., None, None]
    return values.flatten(0, 1)[..., None, None]


class SynthesisBlock(nn.Module):
    def __init__(self, latent, inputs, outputs, taps, size, temporal_up, spatial_up):
        super().__init__()
        self.size, self.temporal_up, self.spatial_up = size, temporal_up, spatial_up
        self.weight_0 = normal(inputs, inputs, *taps)
        self.weight_1 = normal(outputs, inputs, *taps)
        self.weight_skip = normal(outputs, inputs, 1, 1, 1)
        self.bias_0 = nn.Parameter(torch.zeros(inputs))
        self.bias_1 = nn.Parameter(torch.zeros(outputs))
        self.affine_0 = FullyConnected(latent, inputs, bias=1.0)
        self.affine_1 = FullyConnected(latent, inputs, bias=1.0)
        self.input_magnitude_ema_0 = MagnitudeEma()
        self.input_magnitude_ema_1 = MagnitudeEma()

    def forward(self, x, latent, starts, frames, beta):
        gain = self.input_magnitude_ema_0(x, beta)
        style = style_of(self.affine_0, latent)
        hidden = convolve(x * per_frame(style * gain, x), self.weight_0)
        factor = per_frame(demodulation(self.weight_0, style) * ROOT_TWO, hidden)
        hidden = activate(hidden * factor, self.bias_0 * ROOT_TWO)

        gain_1 = self.input_magnitude_ema_1(hidden, beta)
        style = style_of(self.affine_1, latent)
        hidden = convolve(hidden * per_frame(style * gain_1, hidden), self.weight_1)
        factor = per_frame(demodulation(self.weight_1, style), hidden)
        skip = convolve(x, self.weight_skip * (gain / math.sqrt(self.weight_skip.shape[1])))
        y = self.upsample(torch.addcmul(skip, hidden, factor), starts, frames)
        return activate(y, self.bias_1 * ROOT_TWO)

    def upsample(self, y, starts, frames):
        """Both branches are added up, not averaged, before the gain of the activation: root 2 root 1/2 is 1."""
        if self.temporal_up:
            y = double_time(y)
        if y.dim() == 5:
            y = crop_time(y, starts, frames)
        if not self.spatial_up:
            return y
        shape = y.shape
        y = y.flatten(1, 2) if y.dim() == 5 else y
        y = double_space(y, *self.size)
        return y.view(*shape[:3], *self.size) if len(shape) == 5 else y


def style_of(affine, latent):
    return affine(latent.flatten(0, 1)).view(*latent.shape[:2], -1)


def double_time(x):
    """[N, C, T, H, W]; the outermost frames are wrong, but always cropped."""
    flat = functional.interpolate(x.flatten(3), scale_factor=(2, 1), mode="bilinear", align_corners=False)
    return flat.view(*flat.shape[:3], *x.shape[3:])


def double_space(x, height, width):
    """[N, C, H, W] doubled with zeros around, and cropped around the middle."""
    y = functional.interpolate(functional.pad(x, (1, 1, 1, 1)), scale_factor=2, mode="bilinear", align_corners=False)
    top, left = (y.shape[2] - height) // 2, (y.shape[3] - width) // 2
    return y[:, :, top:top + height, left:left + width]


def crop_time(x, starts, frames):
    """Frames of [N, C, T, ...] from a place of its own for each clip, or from the middle."""
    if starts is None:
        return x.narrow(2, (x.shape[2] - frames) // 2, frames)
    if min(starts) == max(starts):
        return x.narrow(2, starts[0], frames)
    return torch.stack([clip.narrow(1, start, frames) for clip, start in zip(x, starts)])


class ToRgb(nn.Module):
    def __init__(self, latent, channels):
        super().__init__()
        self.weight = normal(3, channels, 1, 1, 1)
        self.bias = nn.Parameter(torch.zeros(3))
        self.affine = FullyConnected(latent, channels, bias=1.0)
        self.input_magnitude_ema = MagnitudeEma()

    def forward(self, x, latent, beta):
        gain = self.input_magnitude_ema(x, beta) / math.sqrt(x.shape[1])
        style = style_of(self.affine, latent).flatten(0, 1) * gain  # [N T, C]
        # One 3 x C matrix a frame, applied to the pixels of the frame.
        weight = self.weight[:, :, 0, 0, 0] * style[:, None]
        pixels = x.permute(0, 2, 3, 1).flatten(1, 2)
        colours = pixels @ weight.transpose(1, 2) + self.bias
        return colours.clamp(-CLAMP, CLAMP).view(x.shape[0], *x.shape[2:], 3)  # [N T, H, W, 3]


class FrameCounts:
    """How many frames each temporal block takes, so that none beyond what the video and the padding need are made."""

    def __init__(self, frames, doublings, padding, is_cropped):
        self.frames, self.padding = frames, padding
        self.scales, self.inputs = [0] * len(doublings), [0] * len(doublings)
        scale = 1
        for block in reversed(range(len(doublings))):
            scale *= 2 if doublings[block] else 1
            reach = frames + scale - 1 if is_cropped else frames
            self.scales[block] = scale
            self.inputs[block] = -(-reach // scale) + 2 * padding
        self.embedding = self.inputs[0] * scale

    def output(self, block):
        return self.inputs[block + 1] if block + 1 < len(self.inputs) else self.frames

    def latent_start(self, block, start):
        return self.padding * (self.scales[0] // self.scales[block] - 1) + start // self.scales[block]

    def output_start(self, block, start):
        if block + 1 == len(self.inputs):
            return start % self.scales[block] + self.padding * self.scales[block]
        doubles = self.scales[block] != self.scales[block + 1]
        return self.padding + start // self.scales[block + 1] % 2 if doubles else 0


class Generator(nn.Module):
    def __init__(self, sizes=GeneratorSizes()):
        super().__init__()
        self.sizes = sizes
        levels = [self.level(index) for index in range(5)]
        channels = sizes.temporal_channels[0][0]
        self.spatial_input = normal(1, channels, 1, *levels[0])
        grows = [None] + [levels[index] != levels[index - 1] for index in range(1, 5)]
        temporal = zip(sizes.temporal_channels, (0, 1, 1, 2, 2, 2), (False, grows[1], False, grows[2], False, False))
        spatial = zip(sizes.spatial_channels, (3, 3, 4, 4), (grows[3], False, grows[4], False))
        self.temporal_layers = nn.ModuleList(
            SynthesisBlock(sizes.latent, *pair, (3, 3, 3), levels[level], index < 5, up)
            for index, (pair, level, up) in enumerate(temporal))
        self.spatial_layers = nn.ModuleList(
            SynthesisBlock(sizes.latent, *pair, (1, 3, 3), levels[level], False, up) for pair, level, up in spatial)
        self.to_rgb = ToRgb(sizes.latent, sizes.spatial_channels[-1][1])
        self.temporal_emb = NoiseEmbedding(sizes.embedding, sizes.bank)
        self.latent_mapping = nn.ModuleDict({
            "layer_0": FullyConnected(sizes.embedding, sizes.latent, rate=0.01, gain=ROOT_TWO),
            "layer_1": FullyConnected(sizes.latent, sizes.latent, rate=0.01, gain=ROOT_TWO)})
        self.register_buffer("latent_filter", filters.lowpass(12, 1, 6, 8).float(), persistent=False)
        self.halvings = {}
        self.w_to_temp_input = FullyConnected(sizes.latent, channels)

    def level(self, index):
        scale = max(1, max(self.sizes.height, self.sizes.width) // (4 << index))
        return -(-self.sizes.height // scale), -(-self.sizes.width // scale)

    def counts(self, frames, is_cropped=False):
        doublings = [block.temporal_up for block in self.temporal_layers]
        return FrameCounts(frames, doublings, self.sizes.padding, is_cropped)

    def noise_shape(self, clips, frames, is_cropped=False):
        embedding = self.temporal_emb
        length = self.counts(frames, is_cropped).embedding + embedding.tap_count - 1
        return clips, embedding.noise_channels, length

    def forward(self, noise, frames, beta=1.0, starts=None):
        """[N, K, L] noise to [N, T, H, W, 3]; starts says for each clip where on the coarsest grid it begins."""
        counts = self.counts(frames, starts is not None)
        embedding = self.temporal_emb(noise)
        embedding = embedding * (embedding.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        latent = embedding.transpose(1, 2).flatten(0, 1)
        for layer in self.latent_mapping.values():
            latent = functional.leaky_relu(layer(latent), SLOPE)
        latent = latent.view(len(noise), -1, self.sizes.latent).transpose(1, 2)  # [N, L, T]
        latents, frame_latent = self.latents(latent, counts, starts)

        x = style_of(self.w_to_temp_input, latents[0]).transpose(1, 2)[..., None, None]
        x = (x + self.spatial_input) * ROOT_HALF
        for index, block in enumerate(self.temporal_layers):
            kept = None if starts is None else [counts.output_start(index, start) for start in starts]
            x = block(x, latents[index], kept, counts.output(index), beta)
        x = x.transpose(1, 2).flatten(0, 1).contiguous(memory_format=torch.channels_last)  # [N T, C, H, W]
        for block in self.spatial_layers:
            x = block(x, frame_latent, None, frames, beta)
        video = self.to_rgb(x, frame_latent, beta) * 0.25
        return video.view(len(noise), frames, *video.shape[1:])

    def latent_halving(self, length):
        """[length, length / 2]: the product with a banded matrix is faster here than a convolution of one channel."""
        if length not in self.halvings:
            self.halvings[length] = filters.halving_matrix(length, self.latent_filter).t().contiguous()
        return self.halvings[length]

    def latents(self, latent, counts, starts):
        """For each temporal block [N, T, L] at its rate, and one latent a frame."""
        frame_starts = None
        if starts is not None:
            frame_starts = [start + counts.padding * counts.scales[0] for start in starts]
        frame_latent = crop_time(latent, frame_starts, counts.frames).transpose(1, 2)
        result = [None] * len(self.temporal_layers)
        for index in reversed(range(len(result))):
            if self.temporal_layers[index].temporal_up:
                latent = latent @ self.latent_halving(latent.shape[2])
            kept = None if starts is None else [counts.latent_start(index, start) for start in starts]
            result[index] = crop_time(latent, kept, counts.inputs[index]).transpose(1, 2)
        return result, frame_latent
