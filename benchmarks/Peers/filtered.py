"""The leaky rectifier between two filters, each way in which PyTorch might compute it.

A filter over all channels alike is a convolution in which every channel is a group of its own. Zeros between samples
are those of a transposed convolution, which does not multiply them. The filters are products of two and are taken in
two passes: a single one over both axes took 2.5 to 6 times as long at every layer. A radial filter needs that one.
"""

import functools

import torch
from torch.nn import functional

import filters
import kernels

SLOPE = 0.2
CLAMP = 256
# Shape, up, down, and zeros before and after along both axes: layers 1, 7, 9 and 12 of the super-resolution generator.
LAYERS = {
    "31x38 512": ((1, 512, 31, 38), 2, 2, 9, 8),
    "58x86 512 x4": ((1, 512, 58, 86), 4, 2, -6, -9),
    "94x150 362": ((1, 362, 94, 150), 2, 2, 9, 8),
    "166x278 128": ((1, 128, 166, 278), 2, 2, 9, 8),
}


RADIAL = " radial"
RADIAL_LAYERS = [f"{name}{RADIAL}" for name in ("58x86 512 x4", "94x150 362")]


def taps_of(rate):
    """Six taps a phase."""
    return filters.lowpass(6 * rate, 1, 6, 4.0 * rate).float()


class Layer:
    """Bias, up with a filter, leaky rectifier, clamp, and down with a filter."""

    def __init__(self, name, device, dtype):
        self.is_radial = name.endswith(RADIAL)
        self.shape, self.up, self.down, self.before, self.after = LAYERS[name.removesuffix(RADIAL)]
        self.channels = self.shape[1]
        self.up_taps = taps_of(self.up).to(device, dtype) * self.up * kernels.ROOT_TWO ** 0.5
        self.down_taps = taps_of(self.down).to(device, dtype)
        middle = [size * self.up + self.before + self.after - len(self.up_taps) + 1 for size in self.shape[2:]]
        self.output = (1, self.channels, *[(size - len(self.down_taps)) // self.down + 1 for size in middle])
        self.middle = middle

    def weight(self, taps, form):
        kernel = {"rows": taps[:, None], "columns": taps[None], "plane": taps[:, None] * taps}[form]
        return kernel[None, None].repeat(self.channels, 1, 1, 1)

    def rise(self, x, weight, axes):
        """Up along some axes; the ends of what a transposed convolution gives are left away as padding says."""
        strides = [self.up if axis in axes else 1 for axis in (0, 1)]
        y = functional.conv_transpose2d(x, weight, stride=strides, groups=self.channels)
        for axis in axes:
            # Its first sum has only the last tap in the image: what stands before it were more zeros.
            y = y.narrow(axis + 2, len(self.up_taps) - 1 - self.before, self.middle[axis])
        return y

    def fall(self, x, weight, axes):
        strides = [self.down if axis in axes else 1 for axis in (0, 1)]
        return functional.conv2d(x, weight, stride=strides, groups=self.channels)

    def activate(self, y):
        if torch.is_grad_enabled():
            return functional.hardtanh(functional.leaky_relu(y, SLOPE), -CLAMP, CLAMP)
        return functional.hardtanh_(functional.leaky_relu_(y, SLOPE), -CLAMP, CLAMP)

    def in_passes(self, x, bias):
        up_rows, up_columns = self.weight(self.up_taps, "rows"), self.weight(self.up_taps, "columns")
        y = self.rise(self.rise(x + bias, up_rows, (0,)), up_columns, (1,))
        y = self.activate(y)
        if self.is_radial:
            return self.fall(y, self.weight(self.down_taps, "plane"), (0, 1))
        down_rows, down_columns = self.weight(self.down_taps, "rows"), self.weight(self.down_taps, "columns")
        return self.fall(self.fall(y, down_columns, (1,)), down_rows, (0,))

    def matrix(self, taps, length, output, up, down, before):
        return kernels.resampling_matrix(taps.cpu(), length, output, up, down, before).to(taps)

    def as_products(self, x, bias):
        """Every filter as a dense matrix along its axis, from the left for rows and from the right for columns."""
        (up_rows, down_rows), (up_columns, down_columns) = self.matrices
        y = self.activate(up_rows @ (x + bias) @ up_columns.t())
        return down_rows @ (y @ down_columns.t())

    @functools.cached_property
    def matrices(self):
        return [
            (self.matrix(self.up_taps, size, middle, self.up, 1, self.before),
             self.matrix(self.down_taps, middle, output, 1, self.down, 0))
            for size, middle, output in zip(self.shape[2:], self.middle, self.output[2:])]

    def ways(self):
        ways = {"passes, contiguous": self.in_passes, "passes, channels last": self.in_passes}
        return ways if self.is_radial else {**ways, "products, contiguous": self.as_products}


def layouts(ways):
    return {way: torch.channels_last for way in ways if "channels last" in way}


def forward(name, device, dtype=torch.float32):
    layer = Layer(name, device, dtype)
    shapes = (layer.shape, (1, layer.channels, 1, 1))
    return kernels.Case(layer.ways(), shapes, layouts(layer.ways()))


def training(name, device, dtype=torch.float32):
    """Forward, and the gradients of x and bias."""
    layer = Layer(name, device, dtype)

    def both(call, x, bias, upstream):
        with torch.enable_grad():
            x, bias = x.detach().requires_grad_(), bias.detach().requires_grad_()
            return torch.autograd.grad(call(x, bias), (x, bias), upstream)

    candidates = {way: functools.partial(both, call) for way, call in layer.ways().items()}
    shapes = (layer.shape, (1, layer.channels, 1, 1), layer.output)
    return kernels.Case(candidates, shapes, layouts(candidates))


def cases():
    """Name, what prepares it, and its details."""
    for name in (*LAYERS, *RADIAL_LAYERS):
        yield f"filtered leaky relu {name}", forward, name
        yield f"filtered leaky relu {name} and gradients", training, name
