"""What both networks are made of."""

import math

import torch
from torch import nn
from torch.nn import functional

CLAMP = 256
SLOPE = 0.2
ROOT_TWO = math.sqrt(2)
ROOT_HALF = math.sqrt(0.5)


def normal(*shape, deviation=1.0):
    return nn.Parameter(torch.randn(shape) * deviation)


def activate(x, bias, limit=CLAMP):
    """Bias, leaky rectifier and clamp of a fresh x; gains are in x and bias. In place where nothing is remembered."""
    bias = bias.to(x.dtype).view(1, -1, *[1] * (x.dim() - 2))
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


def convolve(x, weight):
    """Keeps the size and the type of x; 2-D where there are no taps over time."""
    weight = weight.to(x.dtype)
    if x.dim() == 5:
        return functional.conv3d(x, weight, padding=tuple(size // 2 for size in weight.shape[2:]))
    return functional.conv2d(x, weight[:, :, 0], padding=weight.shape[3] // 2)
