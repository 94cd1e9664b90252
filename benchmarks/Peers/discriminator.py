"""The low-resolution discriminator in plain PyTorch, written for speed on its own terms.

Names of parameters are those of the released checkpoints, so that recorded cases load. What makes it fast: the first
block, which does not know time, is convolved in 2-D, channels last, with the frames as the batch, the others in 3-D, in
contiguous memory; everything is blurred and halved in 2-D, channels last.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

import filters
from layers import CLAMP, ROOT_HALF, ROOT_TWO, SLOPE, FullyConnected, activate, convolve, normal


@dataclass(frozen=True)
class DiscriminatorSizes:
    frames: int = 128
    height: int = 36
    width: int = 64
    channels: tuple = ((32, 64), (64, 128), (128, 256), (256, 512))
    taps: int = 5
    epilogue: int = 1024
    epilogue_layers: int = 4


TINY = DiscriminatorSizes(
    frames=16, channels=((8, 12), (12, 16), (16, 32), (32, 64)), taps=3, epilogue=64, epilogue_layers=2)


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


class Blur(torch.autograd.Function):
    """Each channel convolved with a constant square, every other sample kept; [N, C, H, W].

    PyTorch's own second derivative of a grouped convolution works out that of the weights too, group by group, wanted
    or not.
    """

    @staticmethod
    def forward(context, x, square):
        context.save_for_backward(square)
        return functional.conv2d(x, square, stride=2, padding=1, groups=len(square))

    @staticmethod
    def backward(context, upstream):
        return BlurAdjoint.apply(upstream, *context.saved_tensors), None


class BlurAdjoint(torch.autograd.Function):
    @staticmethod
    def forward(context, x, square):
        context.save_for_backward(square)
        clips, channels, height, width = x.shape
        input_like = torch.empty(
            clips, channels, 2 * height, 2 * width, device=x.device, dtype=x.dtype,
            memory_format=torch.channels_last)
        return torch.ops.aten.convolution_backward(
            x, input_like, square, None, [2, 2], [1, 1], [1, 1], False, [0, 0], channels, [True, False, False])[0]

    @staticmethod
    def backward(context, upstream):
        return Blur.apply(upstream, *context.saved_tensors), None


class Halving(nn.Module):
    """Blurs and halves rows and columns by a convolution of each channel, frames by a product with a banded matrix.

    Takes either layout and gives frames as the batch, channels last, which is by far the fastest for both.
    """

    def __init__(self, is_spatial, frames=None):
        super().__init__()
        self.is_spatial = is_spatial
        self.register_buffer("square", filters.square_blur(), persistent=False)
        self.register_buffer("over_time", frames and filters.halving_matrix(frames, filters.BINOMIAL), persistent=False)

    def forward(self, x):
        x = frames_as_batch(x)
        if self.is_spatial:
            square = self.square.to(x.dtype).expand(x.shape[1], 1, -1, -1).contiguous(memory_format=torch.channels_last)
            x = Blur.apply(x, square)
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
