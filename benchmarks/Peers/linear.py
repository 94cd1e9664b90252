"""Linear layers of the low-resolution networks with what follows them."""

import torch
from torch.nn import functional

from kernels import Case, ROOT_TWO, SLOPE

# Rows, outputs, and depth.
LAYERS = {"16x512 512": (16, 512, 512), "160x512 1024": (160, 512, 1024)}


def layer(name, device):
    rows, outputs, depth = LAYERS[name]

    def rectified(x, weight, bias):
        return functional.leaky_relu_(functional.linear(x, weight, bias), SLOPE).mul_(ROOT_TWO)

    def scaled_first(x, weight, bias):
        y = torch.addmm(bias, x, weight.t(), beta=ROOT_TWO, alpha=ROOT_TWO)
        return functional.leaky_relu_(y, SLOPE)

    return Case({"linear": rectified, "scaled first": scaled_first}, ((rows, depth), (outputs, depth), (outputs,)))


def plain(rows, outputs, depth, device):
    return Case({"linear": functional.linear}, ((rows, depth), (outputs, depth), (outputs,)))


def cases():
    """Name, what prepares it, and its details."""
    for name in LAYERS:
        yield f"linear and rectifier {name}", layer, name
