"""Modulated convolutions of the generator, with bias and activation: forward, and with all gradients."""

import torch

import generator
import kernels
import layers


def modulate(x, w, style, bias):
    """In the type of x; parameters and what is near them may be wider. Frames lie in the batch where it is 2-D."""
    y = layers.convolve(x * generator.per_frame(style, x), w)
    factor = generator.per_frame(generator.demodulation(w, style) * layers.ROOT_TWO, y)
    return layers.activate(y * factor, bias * layers.ROOT_TWO)


def differentiated(forward):
    def forward_and_backward(x, w, style, bias):
        sources = [tensor.detach().requires_grad_() for tensor in (x, w, style, bias)]
        with torch.enable_grad():
            y = forward(*sources)
        torch.autograd.grad(y, sources, torch.ones_like(y))

    return forward_and_backward


def work(name, with_gradients, device):
    calls = {"": differentiated(modulate) if with_gradients else modulate}
    ways, layouts = in_layouts(name, calls, contiguous=True)
    return case(name, ways, layouts, device)


def on_tensor_cores(name, with_gradients, device, compiles=False):
    """Activations of 16 bits, channels last. Compiled by PyTorch, or as it is where that fails."""
    call = differentiated(modulate) if with_gradients else modulate
    calls = {"": call}
    if compiles:
        torch._dynamo.reset()  # else it compiles for any shape what had another before
        forward = torch.compile(modulate, fullgraph=True, dynamic=False)
        calls = {"compiled, ": differentiated(forward) if with_gradients else forward, "eager, ": call}
    ways, layouts = in_layouts(name, calls, contiguous=False)
    result = case(name, ways, layouts, device)
    result.types = (torch.bfloat16, *[torch.float32] * 3)
    result.fallbacks = tuple(way for way in ways if way.startswith("eager"))
    return result


def in_layouts(name, calls, contiguous):
    """Each call in each layout; those of planes are 2-D alone where only the fastest layouts are tried."""
    is_planar = kernels.CONVOLUTIONS[name][1][2] == 1
    ways, layouts = {}, {}
    for prefix, call in calls.items():
        if contiguous:
            ways[f"{prefix}3-D, contiguous"] = call
        if contiguous or not is_planar:
            ways[f"{prefix}3-D, channels last"] = call
        if is_planar:
            ways[f"{prefix}2-D, channels last"] = in_planes(call)
    layouts = {way: torch.channels_last_3d for way in ways if "channels last" in way}
    return ways, layouts


def in_planes(call):
    return lambda x, *rest: call(kernels.in_planes(x), *rest)


def case(name, ways, layouts, device):
    x_shape, w_shape = kernels.CONVOLUTIONS[name]
    style_shape = (x_shape[0], x_shape[2], x_shape[1])
    # On a GPU, whose cache holds them, our side takes the same inputs again and again.
    is_rotated = not device.startswith("cuda")
    return kernels.Case(ways, (x_shape, w_shape, style_shape, (w_shape[0],)), layouts, rotates=is_rotated)


def cases():
    """Name, what prepares it, and its details."""
    for name in kernels.CONVOLUTIONS:
        yield f"modulated convolution {name} forward", work, name, False
        yield f"modulated convolution {name} forward and gradients", work, name, True
