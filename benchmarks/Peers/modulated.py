"""Modulated convolutions of the generator, with bias and activation: forward, and with all gradients."""

import torch

import generator
import kernels
import layers


def work(name, with_gradients, device):
    x_shape, w_shape = kernels.CONVOLUTIONS[name]
    style_shape = (x_shape[0], x_shape[2], x_shape[1])

    def forward(x, w, style, bias):
        # Frames lie in the batch where the convolution is 2-D.
        y = layers.convolve(x * generator.per_frame(style, x), w)
        factor = generator.per_frame(generator.demodulation(w, style) * layers.ROOT_TWO, y)
        return layers.activate(y * factor, bias * layers.ROOT_TWO)

    def forward_and_backward(x, w, style, bias):
        sources = [tensor.detach().requires_grad_() for tensor in (x, w, style, bias)]
        with torch.enable_grad():
            y = forward(*sources)
        torch.autograd.grad(y, sources, torch.ones_like(y))

    call = forward_and_backward if with_gradients else forward
    ways = {"3-D, contiguous": call, "3-D, channels last": call}
    layouts = {"3-D, channels last": torch.channels_last_3d}
    if w_shape[2] == 1:
        ways["2-D, channels last"] = lambda x, *rest: call(kernels.in_planes(x), *rest)
        layouts["2-D, channels last"] = torch.channels_last_3d
    return kernels.Case(ways, (x_shape, w_shape, style_shape, (w_shape[0],)), layouts)


def cases():
    """Name, what prepares it, and its details."""
    for name in kernels.CONVOLUTIONS:
        yield f"modulated convolution {name} forward", work, name, False
        yield f"modulated convolution {name} forward and gradients", work, name, True
