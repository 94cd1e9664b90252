"""The low-resolution generator and discriminator in plain PyTorch, written for speed on its own terms.

Names of parameters are those of the released checkpoints, so that recorded cases load. Choices that make it fast:
what knows time is convolved in 3-D, in contiguous memory; what does not is convolved in 2-D, channels last, with the frames
as the batch. Styles change from frame to frame, so that activations are scaled, not weights: no grouped convolution could do it.
Gains are folded into small factors, which a leaky rectifier allows, and resampling is interpolation or a product with a
small banded matrix.
"""

import math
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional

import filters

CLAMP = 256
SLOPE = 0.2
ROOT_TWO = math.sqrt(2)
ROOT_HALF = math.sqrt(0.5)


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


@dataclass(frozen=True)
class DiscriminatorSizes:
    frames: int = 128
    height: int = 36
    width: int = 64
    channels: tuple = ((32, 64), (64, 128), (128, 256), (256, 512))
    taps: int = 5
    epilogue: int = 1024
    epilogue_layers: int = 4


TINY_GENERATOR = GeneratorSizes(
    embedding=64, latent=64, bank=(32, 100, 1000), padding=6,
    temporal_channels=((48, 48), (48, 48), (48, 48), (48, 32), (32, 32), (32, 24)),
    spatial_channels=((24, 24), (24, 16), (16, 12), (12, 12)))
TINY_DISCRIMINATOR = DiscriminatorSizes(
    frames=16, channels=((8, 12), (12, 16), (16, 32), (32, 64)), taps=3, epilogue=64, epilogue_layers=2)


def normal(*shape, deviation=1.0):
    return nn.Parameter(torch.randn(shape) * deviation)


def activate(x, bias, limit=CLAMP):
    """Bias, leaky rectifier and clamp of a fresh x; gains are in x and bias. In place where nothing is remembered."""
    bias = bias.view(1, -1, *[1] * (x.dim() - 2))
    if torch.is_grad_enabled():
        return functional.hardtanh(functional.leaky_relu_(x + bias, SLOPE), -limit, limit)
    return functional.hardtanh_(functional.leaky_relu_(x.add_(bias), SLOPE), -limit, limit)


class FullyConnected(nn.Module):
    def __init__(self, inputs, outputs, bias=0.0, rate=1.0, gain=1.0):
        super().__init__()
        self.weight = normal(outputs, inputs, deviation=1 / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.weight_gain = gain * rate / math.sqrt(inputs)
        self.bias_gain = gain * rate

    def forward(self, x):
        return torch.addmm(self.bias, x, self.weight.t(), beta=self.bias_gain, alpha=self.weight_gain)


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
    """[N, T, C] so that it scales activations: [N, C, T, H, W] in 3-D, [N T, C, H, W] in 2-D."""
    if like.dim() == 5:
        return values.transpose(1, 2)[..., None, None]
    return values.flatten(0, 1)[..., None, None]


def convolve(x, weight):
    """Keeps the size; 2-D where there are no taps over time."""
    if x.dim() == 5:
        return functional.conv3d(x, weight, padding=tuple(size // 2 for size in weight.shape[2:]))
    return functional.conv2d(x, weight[:, :, 0], padding=weight.shape[3] // 2)


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
        self.w_to_temp_input = FullyConnected(sizes.latent, channels)

    def level(self, index):
        scale = max(1, max(self.sizes.height, self.sizes.width) // (4 << index))
        return -(-self.sizes.height // scale), -(-self.sizes.width // scale)

    def counts(self, frames, is_cropped=False):
        return FrameCounts(frames, [block.temporal_up for block in self.temporal_layers], self.sizes.padding, is_cropped)

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
        return self.to_rgb(x, frame_latent, beta).view(len(noise), frames, self.sizes.height, self.sizes.width, 3) * 0.25

    def latents(self, latent, counts, starts):
        """For each temporal block [N, T, L] at its rate, and one latent a frame."""
        frame_starts = None
        if starts is not None:
            frame_starts = [start + counts.padding * counts.scales[0] for start in starts]
        frame_latent = crop_time(latent, frame_starts, counts.frames).transpose(1, 2)
        taps = self.latent_filter.view(1, 1, -1)
        result = [None] * len(self.temporal_layers)
        for index in reversed(range(len(result))):
            if self.temporal_layers[index].temporal_up:
                rows = functional.conv1d(latent.flatten(0, 1)[:, None], taps, stride=2, padding=5)
                latent = rows.view(*latent.shape[:2], -1)
            kept = None if starts is None else [counts.latent_start(index, start) for start in starts]
            result[index] = crop_time(latent, kept, counts.inputs[index]).transpose(1, 2)
        return result, frame_latent


class Convolution(nn.Module):
    """A layer of the discriminator: convolution at full size, perhaps halving, bias, activation."""

    def __init__(self, inputs, outputs, taps, halving=None, is_skip=False, gain=1.0):
        super().__init__()
        self.weight = normal(outputs, inputs, *taps)
        self._bias = None if is_skip else nn.Parameter(torch.zeros(outputs))
        self.halving, self.limit = halving, CLAMP * gain
        self.gain = gain if is_skip else gain * ROOT_TWO
        self.weight_gain = self.gain / math.sqrt(inputs * math.prod(taps))

    def forward(self, x):
        weight = self.weight * self.weight_gain
        if self._bias is None:  # one tap: halved first, which gives the same
            return functional.hardtanh(convolve(self.halving(x), weight), -self.limit, self.limit)
        y = convolve(x, weight)
        return activate(y if self.halving is None else self.halving(y), self._bias * self.gain, self.limit)


class Halving(nn.Module):
    """Blurs and halves rows and columns by a convolution of each channel, frames by a product with a banded matrix.

    Takes either layout and gives frames as the batch, channels last, which is by far the fastest for both.
    """

    def __init__(self, is_spatial, frames=None):
        super().__init__()
        self.is_spatial = is_spatial
        self.register_buffer("square", filters.square_blur(), persistent=False)
        self.register_buffer("over_time", frames and filters.halving_matrix(frames), persistent=False)

    def forward(self, x):
        x = frames_as_batch(x)
        if self.is_spatial:
            channels = x.shape[1]
            square = self.square.expand(channels, 1, -1, -1).contiguous(memory_format=torch.channels_last)
            x = functional.conv2d(x, square, stride=2, padding=1, groups=channels)
        if self.over_time is None:
            return x
        pixels = x.permute(0, 2, 3, 1)  # [N T, H, W, C]
        halved = self.over_time @ pixels.reshape(-1, self.over_time.shape[1], pixels[0].numel())
        return halved.view(-1, *pixels.shape[1:]).permute(0, 3, 1, 2)


def frames_as_batch(x):
    """[N, C, T, H, W], or what is so already, to [N T, C, H, W], channels last."""
    if x.dim() == 4:
        return x
    return x.permute(0, 2, 3, 4, 1).contiguous().flatten(0, 1).permute(0, 3, 1, 2)


def frames_as_axis(x, clips):
    """[N T, C, H, W] to [N, C, T, H, W], contiguous."""
    return x.view(clips, -1, *x.shape[1:]).transpose(1, 2).contiguous()


class DiscriminatorBlock(nn.Module):
    """Takes [N, C, T, H, W], but the first [N T, C, H, W]; gives [N T', C', H', W']."""

    def __init__(self, inputs, outputs, taps, halving, colours=0):
        super().__init__()
        if colours:
            self.conv_vid = Convolution(colours, inputs, (1, 1, 1))
        self.conv_0 = Convolution(inputs, inputs, taps)
        self.conv_1 = Convolution(inputs, outputs, taps, halving, gain=ROOT_HALF)
        self.conv_skip = Convolution(inputs, outputs, (1, 1, 1), halving, is_skip=True, gain=ROOT_HALF)

    def forward(self, x):
        if hasattr(self, "conv_vid"):
            x = self.conv_vid(x)
        return self.conv_1(self.conv_0(x)) + self.conv_skip(x)


class TemporalConvolution(nn.Module):
    def __init__(self, inputs, outputs, taps):
        super().__init__()
        self.weight = normal(outputs, inputs, taps)
        self._bias = nn.Parameter(torch.zeros(outputs))
        self.weight_gain = ROOT_TWO / math.sqrt(inputs * taps)

    def forward(self, x):
        weight, bias = self.weight * self.weight_gain, self._bias * ROOT_TWO
        return functional.leaky_relu(functional.conv1d(x, weight, bias, padding=weight.shape[2] // 2), SLOPE)


class Epilogue(nn.Module):
    def __init__(self, sizes, edge, frames):
        super().__init__()
        channels = sizes.epilogue
        for index in range(sizes.epilogue_layers):
            inputs, taps = (edge * edge * sizes.channels[-1][1], 1) if index == 0 else (channels, 3)
            self.add_module(f"conv1d_{index}", TemporalConvolution(inputs, channels, taps))
        self.linear_0 = FullyConnected(frames * channels, channels, gain=ROOT_TWO)
        self.linear_1 = FullyConnected(channels, 1)
        self.layers = sizes.epilogue_layers

    def forward(self, x, clips):  # [N T, C, H, W]
        x = x.flatten(1).view(clips, -1, x[0].numel()).transpose(1, 2)  # [N, C H W, T]
        for index in range(self.layers):
            x = getattr(self, f"conv1d_{index}")(x)
        return self.linear_1(functional.leaky_relu(self.linear_0(x.flatten(1)), SLOPE))


class Discriminator(nn.Module):
    def __init__(self, sizes=DiscriminatorSizes()):
        super().__init__()
        self.sizes = sizes
        edge, frames = max(sizes.height, sizes.width), sizes.frames
        blocks = []
        for index, (inputs, outputs) in enumerate(sizes.channels):
            halves_space = index > 0 or edge > 32
            halves_time = index > 0 and sizes.frames >= 2 << index
            halving = Halving(halves_space, frames if halves_time else None)
            taps = (sizes.taps if index else 1, 3, 3)
            blocks.append(DiscriminatorBlock(inputs, outputs, taps, halving, colours=0 if index else 3))
            edge, frames = edge // (2 if halves_space else 1), frames // (2 if halves_time else 1)
        self.blocks = nn.ModuleList(blocks)
        self.epilogue = Epilogue(sizes, edge, frames)

    def forward(self, video):
        """[N, T, H, W, 3] to [N, 1]."""
        clips, _, height, width = video.shape[:4]
        above, beside = (max(height, width) - height) // 2, (max(height, width) - width) // 2
        x = functional.pad(video, (0, 0, beside, beside, above, above))
        x = self.blocks[0](x.flatten(0, 1).permute(0, 3, 1, 2))  # [N T, C, edge, edge], channels last
        for block in self.blocks[1:]:
            x = block(frames_as_axis(x, clips))
        return self.epilogue(x, clips)
