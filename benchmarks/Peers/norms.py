"""Norms, softmax and gated units of Stable Diffusion, each in the way that PyTorch does fastest."""

import math

import torch
from torch.nn import functional

from kernels import Case

GROUPS = 32
EPSILON = 1e-5
# Samples, height, width, channels.
GROUP_NORMS = {"2x64x64 320": (2, 64, 64, 320), "2x32x32 640": (2, 32, 32, 640), "1x64x64 512": (1, 64, 64, 512)}
LAYER_NORM = (2, 1024, 640)
SOFTMAX = (8192, 1024)
# Training batches, which no cache of a GPU holds.
GROUP_NORM_OF_BATCH = (16, 64, 64, 320)
LAYER_NORM_OF_BATCH = (16, 4096, 320)
SOFTMAX_OF_BATCH = (65536, 1024)
GEGLU = (2048, 2560)


def contiguous(flat, n, h, w, c):
    return flat.view(n, c, h, w)


def channels_last(flat, n, h, w, c):
    return flat.view(n, h, w, c).permute(0, 3, 1, 2)


LAYOUTS = {"contiguous": contiguous, "channels last": channels_last}


def in_layouts(call_with, *shapes):
    """A case of images: inputs are flat, and either layout is a view of them."""
    return Case({way: call_with(view) for way, view in LAYOUTS.items()}, shapes)


def group_norm(shape, device):
    count, channels = math.prod(shape), shape[3]

    def in_layout(view):
        def call(x, weight, bias):
            return functional.silu(functional.group_norm(view(x, *shape), GROUPS, weight, bias, EPSILON), inplace=True)
        return call

    return in_layouts(in_layout, (count,), (channels,), (channels,))


def group_norm_with_gradient(shape, device):
    n, h, w, channels = shape
    sizes = (n, channels, h * w, GROUPS)
    count = math.prod(shape)
    aten = torch.ops.aten

    def in_layout(view):
        def call(x, weight, bias, g):
            x, g = view(x, *shape), view(g, *shape)
            z, mean, scale = aten.native_group_norm(x, weight, bias, *sizes, EPSILON)
            y = functional.silu(z)
            g = aten.silu_backward(g, z)
            return y, aten.native_group_norm_backward(g, x, mean, scale, weight, *sizes, [True, True, True])
        return call

    return in_layouts(in_layout, (count,), (channels,), (channels,), (count,))


def group_norm_gradients(shape, device):
    n, h, w, channels = shape
    sizes = (n, channels, h * w, GROUPS)
    count = math.prod(shape)
    aten = torch.ops.aten

    def in_layout(view):
        def call(x, weight, g, z, mean, scale):
            x, g = view(x, *shape), aten.silu_backward(view(g, *shape), view(z, *shape))
            return aten.native_group_norm_backward(g, x, mean, scale, weight, *sizes, [True, True, True])
        return call

    return in_layouts(in_layout, (count,), (channels,), (count,), (count,), (n, GROUPS), (n, GROUPS))


def layer_norm(shape, device):
    channels = shape[-1:]
    call = lambda x, weight, bias: functional.layer_norm(x, channels, weight, bias, EPSILON)
    return Case({"layer_norm": call}, (shape, channels, channels))


def layer_norm_with_gradient(shape, device):
    channels = shape[-1:]
    aten = torch.ops.aten

    def call(x, weight, bias, g):
        y, mean, scale = aten.native_layer_norm(x, channels, weight, bias, EPSILON)
        return y, aten.native_layer_norm_backward(g, x, channels, mean, scale, weight, bias, [True, True, True])

    return Case({"native": call}, (shape, channels, channels, shape))


def layer_norm_gradients(shape, device):
    channels = shape[-1:]
    # Of single precision whatever the inputs are.
    mean, scale = (make(*shape[:-1], 1, device=device) for make in (torch.zeros, torch.ones))

    def call(x, weight, bias, g):
        return torch.ops.aten.native_layer_norm_backward(g, x, channels, mean, scale, weight, bias, [True, True, True])

    return Case({"native": call}, (shape, channels, channels, shape))


def softmax(shape, device):
    return Case({"softmax": lambda x: torch.softmax(x, 1)}, (shape,))


def softmax_gradient(shape, device):
    backward = torch.ops.aten._softmax_backward_data
    return Case({"native": lambda y, g: backward(g, y, 1, y.dtype)}, (shape, shape))


def geglu(device):
    def call(x):
        value, gate = x.chunk(2, dim=1)
        return functional.gelu(gate).mul_(value)

    return Case({"chunk": call}, ((GEGLU[0], 2 * GEGLU[1]),))


def cases():
    """Name, what prepares it, and its details."""
    for name, shape in GROUP_NORMS.items():
        yield f"group norm and silu {name} forward", group_norm, shape
        yield f"group norm and silu {name} forward and backward", group_norm_with_gradient, shape
    yield "layer norm 2x1024 640 forward", layer_norm, LAYER_NORM
    yield "layer norm 2x1024 640 forward and backward", layer_norm_with_gradient, LAYER_NORM
    yield "softmax 8192 1024", softmax, SOFTMAX
    yield "softmax 8192 1024 gradient", softmax_gradient, SOFTMAX
    yield "geglu 2048 2560 forward", geglu


def of_batches():
    yield "group norm and silu 16x64x64 320 forward", group_norm, GROUP_NORM_OF_BATCH
    yield "group norm and silu 16x64x64 320 gradients", group_norm_gradients, GROUP_NORM_OF_BATCH
    yield "layer norm 16x4096 320 forward", layer_norm, LAYER_NORM_OF_BATCH
    yield "layer norm 16x4096 320 gradients", layer_norm_gradients, LAYER_NORM_OF_BATCH
    yield "softmax 65536 1024", softmax, SOFTMAX_OF_BATCH
    yield "softmax 65536 1024 gradient", softmax_gradient, SOFTMAX_OF_BATCH
