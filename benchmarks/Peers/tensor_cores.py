"""Work in 16-bit floats, which a GPU's tensor cores multiply, each in the way that PyTorch does fastest."""

import functools

import torch

import attention
import filtered
import kernels
import linear
import models
import modulated
import norms

# Rows, outputs and depth.
PRODUCTS = ((1024, 1280, 1280), (4096, 320, 1280), (4096, 1280, 1280), (8192, 8192, 8192))
COMPILED = ("80x9x16 512", "128x36x64 64")
DIRECTIONS = ("forward", "data gradient", "weight gradient")
PASSES = {"forward": False, "forward and gradients": True}
BF16 = torch.bfloat16


def typed(prepare, dtype=BF16):
    """The same case with all inputs of a type."""
    def prepared(*details):
        case = prepare(*details)
        case.types = (dtype,) * len(case.shapes)
        return case

    return prepared


def products():
    for sizes in PRODUCTS:
        rows, outputs, depth = sizes
        yield f"linear {rows}x{outputs} {depth}", typed(linear.plain), *sizes


def attentions():
    for name in (*attention.FINEST, *attention.LAYERS):
        yield f"attention {name} forward", typed(attention.fused_forward), name
        yield f"attention {name} forward and backward", typed(attention.fused_forward_and_backward), name


def convolutions():
    convolution = typed(functools.partial(kernels.convolution, dtype=BF16))
    for name in kernels.CONVOLUTIONS:
        for direction in DIRECTIONS:
            yield f"convolution {name} {direction}", convolution, name, direction


def modulated_convolutions():
    compiled = functools.partial(modulated.on_tensor_cores, compiles=True)
    for name in kernels.CONVOLUTIONS:
        for what, with_gradients in PASSES.items():
            yield f"modulated convolution {name} {what}", modulated.on_tensor_cores, name, with_gradients
            if name in COMPILED:
                yield f"modulated convolution {name} {what}, compiled", compiled, name, with_gradients


def bound_by_memory():
    for name, prepare, *details in (*norms.cases(), *norms.of_batches(), *kernels.activations()):
        yield name, typed(prepare), *details


def networks():
    for name, prepare in models.cases():
        yield name, functools.partial(prepare, dtype=BF16)


def cases():
    """Name, what prepares it, and its details."""
    families = (products, attentions, convolutions, modulated_convolutions, bound_by_memory, networks)
    for family in families:
        for name, *rest in family():
            yield f"{name} bf16", *rest
    half = torch.float16
    for name, prepare, *details in filtered.cases():
        yield f"{name} fp16", typed(functools.partial(prepare, dtype=half), half), *details
