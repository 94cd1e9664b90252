"""Single operations of the low-resolution networks, each in the way that PyTorch does fastest.

A case has candidates, different ways to the same numbers; the fastest of them, found before measuring, is the peer.
Inputs come in turn from more memory than the last-level cache holds.
"""

import math
from dataclasses import dataclass, field

import torch
from torch.nn import functional

import timing

CACHE_BYTES = {"cpu": 64 << 20, "cuda": 128 << 20}
SLOPE = 0.2
CLAMP = 256
ROOT_TWO = math.sqrt(2)
COPY_ELEMENTS = 64 << 20  # 256 MiB
LONGEST_REASON = 200

CONVOLUTIONS = {
    "24x3x4 512": ((1, 512, 24, 3, 4), (512, 512, 3, 3, 3)),
    "48x5x8 512": ((1, 512, 48, 5, 8), (512, 512, 3, 3, 3)),
    "80x9x16 512": ((1, 512, 80, 9, 16), (512, 512, 3, 3, 3)),
    "144x9x16 256": ((1, 256, 144, 9, 16), (256, 256, 3, 3, 3)),
    "128x36x64 64": ((1, 64, 128, 36, 64), (64, 64, 1, 3, 3)),
}
ACTIVATIONS = {"128x36x64 64": (1, 64, 128, 36, 64), "160x9x16 256": (1, 256, 160, 9, 16)}
# Shape, axis, up, down, taps, and zeros before and after.
RESAMPLINGS = {
    "columns x2": ((1, 64, 128, 36, 32), 4, 2, 1, 4, 2, 1),
    "rows x2": ((1, 64, 128, 18, 64), 3, 2, 1, 4, 2, 1),
    "frames x2": ((1, 256, 80, 9, 16), 2, 2, 1, 4, 2, 1),
    "columns /2": ((1, 32, 128, 36, 64), 4, 1, 2, 4, 1, 1),
}
ADAM_ELEMENTS = 32_000_000


@dataclass
class Case:
    """Ways to one result, by name; the shapes of what they take; the layouts of those that take none contiguous.

    Results that are kept until their inputs' next turn do not all lie where the last one lay, in the cache; on a GPU
    they always are. A fallback is a way that counts only where no other works. Inputs are of single precision unless
    a type is said for each.
    """

    candidates: dict
    shapes: tuple = ()
    layouts: dict = field(default_factory=dict)
    keeps_results: bool = False
    types: tuple = ()
    rotates: bool = True
    fallbacks: tuple = ()

    def layout(self, name):
        return self.layouts.get(name, torch.contiguous_format)

    def fastest(self, device, clock, records=False):
        """The quickest way, to be called without arguments, its name, and the seconds or the failure of every way."""
        best, ways, failures = None, {}, []
        for name, candidate in self.candidates.items():
            if name in self.fallbacks and best is not None:
                continue
            timed = None  # before the memory of the next is taken
            try:
                timed = self.timed(name, candidate, device, clock, records)
                ways[name] = min(clock.sample(timed) for _ in range(3))
            except Exception as error:  # whatever a way cannot do, another may
                said = str(error).strip().partition("\n")[0]
                ways[name] = f"failed: {type(error).__name__}: {said}"[:LONGEST_REASON]
                failures.append(name)
            else:
                if best is None or ways[name] < best[0]:
                    best = (ways[name], name, timed)
        if best is None:
            raise RuntimeError("; ".join(f"{name} {ways[name]}" for name in failures))
        way = best[1]
        if way in self.fallbacks:
            way += "".join(f"; {name} {ways[name]}" for name in failures)
        return best[2], way, ways

    def timed(self, name, candidate, device, clock, records):
        sets = input_sets(self.shapes, device, self.layout(name), self.types, self.rotates)
        rotation = Rotation(candidate, sets, self.keeps_results or clock.is_gpu)
        return clock.record(rotation) if records and clock.is_gpu else clock.calibrate(rotation)


class Rotation:
    """Calls a candidate with one set of inputs after the other."""

    def __init__(self, candidate, sets, keeps_results):
        self.candidate, self.sets, self.turn = candidate, sets, 0
        self.results, self.keeps_results = [None] * len(sets), keeps_results

    def __call__(self):
        self.results[self.turn] = None
        result = self.candidate(*self.sets[self.turn])
        if self.keeps_results:
            self.results[self.turn] = timing.first_tensor(result)
        self.turn = (self.turn + 1) % len(self.sets)
        return result


def input_sets(shapes, device, layout, types=(), rotates=True):
    types = types or (torch.float32,) * len(shapes)
    bytes_of_set = sum(math.prod(shape) * torch.empty(0, dtype=dtype).element_size()
                       for shape, dtype in zip(shapes, types))
    if bytes_of_set == 0:
        return [[]]
    count = max(2, 2 * CACHE_BYTES[device.split(":")[0]] // bytes_of_set + 1) if rotates else 1
    return [[uniform(shape, device, layout).to(dtype) for shape, dtype in zip(shapes, types)] for _ in range(count)]


def uniform(shape, device, layout):
    values = torch.rand(shape, device=device) * 2 - 1
    if len(shape) != (4 if layout is torch.channels_last else 5) or layout is torch.contiguous_format:
        return values
    return values.contiguous(memory_format=layout)


def in_planes(x):
    """[1, C, T, H, W] as frames in a batch, channels last, without a copy where it lies so."""
    return x[0].transpose(0, 1).contiguous(memory_format=torch.channels_last)


def convolution(name, direction, device, dtype=torch.float32):
    x_shape, w_shape = CONVOLUTIONS[name]
    y_shape = (x_shape[0], w_shape[0], *x_shape[2:])
    padding = tuple(taps // 2 for taps in w_shape[2:])
    backward = torch.ops.aten.convolution_backward

    def gradient(x, w, g, wanted):
        ones = [1] * (x.dim() - 2)
        around = list(padding[-len(ones):])
        return backward(g, x, w, None, ones, around, ones, False, [0] * len(ones), 1, wanted)

    if direction == "forward":
        shapes = (x_shape, w_shape)
        call = lambda x, w: functional.conv3d(x, w, padding=padding)
        planes = lambda x, w: functional.conv2d(in_planes(x), w[:, :, 0], padding=padding[1:])
    elif direction == "data gradient":
        shapes = (y_shape, w_shape)
        blank = torch.empty(x_shape, device=device, dtype=dtype)
        blank_planes = in_planes(blank)
        call = lambda g, w: gradient(blank, w, g, [True, False, False])
        planes = lambda g, w: gradient(blank_planes, w[:, :, 0], in_planes(g), [True, False, False])
    else:
        shapes = (x_shape, y_shape)
        blank = torch.empty(w_shape, device=device, dtype=dtype)
        call = lambda x, g: gradient(x, blank, g, [False, True, False])
        planes = lambda x, g: gradient(in_planes(x), blank[:, :, 0], in_planes(g), [False, True, False])
    candidates = {"conv3d, contiguous": call, "conv3d, channels last": call}
    layouts = {"conv3d, channels last": torch.channels_last_3d, "conv2d, channels last": torch.channels_last_3d}
    if w_shape[2] == 1:
        candidates["conv2d, channels last"] = planes
    return Case(candidates, shapes, layouts)


def bias_activation(name, device):
    shape = ACTIVATIONS[name]

    def activate(x, bias):
        # A leaky rectifier lets its gain pass, so that the sum takes it along.
        y = torch.add(bias * ROOT_TWO, x, alpha=ROOT_TWO)
        return functional.hardtanh_(functional.leaky_relu_(y, SLOPE), -CLAMP, CLAMP)

    candidates = {"contiguous": activate, "channels last": activate}
    layouts = {"channels last": torch.channels_last_3d}
    return Case(candidates, (shape, (1, shape[1], 1, 1, 1)), layouts)


def bias_activation_gradient(name, device):
    shape = ACTIVATIONS[name]

    def gradient(g, y):
        # From the result, as ours: the clamp closes where it was reached, the rectifier has its slope where y < 0.
        passed = torch.ops.aten.hardtanh_backward(g, y, -CLAMP, CLAMP)
        return torch.ops.aten.leaky_relu_backward(passed, y, SLOPE, True).mul_(ROOT_TWO)

    return Case({"contiguous": gradient}, (shape, shape))


def resampling(name, device):
    shape, axis, up, down, tap_count, before, after = RESAMPLINGS[name]
    taps = torch.rand(tap_count, device=device) * 2 - 1
    channels, kernel = shape[1], [1, 1, 1]
    kernel[axis - 2] = tap_count
    # A convolution of PyTorch is a correlation, a transposed one is not.
    weight = (taps.flip(0) if up == 1 else taps).view(1, 1, *kernel).repeat(channels, 1, 1, 1, 1)
    length = (shape[axis] * up + before + after - tap_count) // down + 1

    def at_axis(value, other):
        return [value if index == axis - 2 else other for index in range(3)]

    def convolved(x):
        if up == 1:
            return functional.conv3d(x, weight, stride=at_axis(down, 1), padding=at_axis(before, 0), groups=channels)
        y = functional.conv_transpose3d(
            x, weight, stride=at_axis(up, 1), padding=at_axis(tap_count - 1 - before, 0), groups=channels)
        return y.narrow(axis, 0, length)

    def in_frames(x):
        frames = in_planes(x)
        if up == 1:
            y = functional.conv2d(
                frames, weight[:, :, 0], stride=at_axis(down, 1)[1:], padding=at_axis(before, 0)[1:], groups=channels)
        else:
            y = functional.conv_transpose2d(
                frames, weight[:, :, 0], stride=at_axis(up, 1)[1:], padding=at_axis(tap_count - 1 - before, 0)[1:],
                groups=channels)
        return y

    matrix = resampling_matrix(taps, shape[axis], length, up, down, before).to(device)

    def multiplied(x):
        rows = x.movedim(axis, -1) if axis == 4 else x.flatten(axis + 1)
        return rows @ matrix.t() if axis == 4 else matrix @ rows

    def summed(x):
        """Each phase of the result as a sum of shifted parts of the input, in place."""
        padded = functional.pad(x, [*[0] * (2 * (4 - axis)), tap_count, tap_count])
        y = torch.empty([length if index == axis else size for index, size in enumerate(shape)], device=device)
        for phase in range(up):
            part = y.narrow(axis, phase, length - phase)[(slice(None),) * axis + (slice(None, None, up),)]
            count = part.shape[axis]
            for index, tap in enumerate(range((before - phase) % up, tap_count, up)):
                start = (phase + tap - before) // up + tap_count
                source = padded[(slice(None),) * axis + (slice(start, start + (count - 1) * down + 1, down),)]
                weight_of_tap = values[tap]
                torch.mul(source, weight_of_tap, out=part) if index == 0 else part.add_(source, alpha=weight_of_tap)
        return y

    values = taps.flip(0).tolist()
    candidates = {"conv3d, contiguous": convolved, "product with a matrix": multiplied, "shifted sums": summed}
    layouts = {}
    if axis > 2:
        candidates["conv2d, channels last"] = in_frames
        layouts["conv2d, channels last"] = torch.channels_last_3d
    return Case(candidates, (shape,), layouts)


def resampling_matrix(taps, length, output_length, up, down, before):
    matrix = torch.zeros(output_length, length)
    for output in range(output_length):
        for tap in range(len(taps)):
            position = output * down + tap - before
            if position % up == 0 and 0 <= position // up < length:
                matrix[output, position // up] = taps[len(taps) - 1 - tap]
    return matrix


def adam_with_average(device):
    value, gradient, average = (torch.rand(ADAM_ELEMENTS, device=device) - 0.5 for _ in range(3))
    ways = {"one tensor": (1, {}), "foreach over 64 tensors": (64, {"foreach": True})}
    if device.startswith("cuda"):
        ways["fused"] = (1, {"fused": True})
    candidates = {}
    for name, (parts, options) in ways.items():
        parameters = [torch.nn.Parameter(part) for part in value.chunk(parts)]
        for parameter, part in zip(parameters, gradient.chunk(parts)):
            parameter.grad = part
        candidates[name] = adam_step(parameters, average.chunk(parts), options)
    return Case(candidates)


def adam_step(parameters, averages, options):
    optimizer = torch.optim.Adam(parameters, lr=0.003, betas=(0.5, 0.99), **options)
    gradients = [parameter.grad for parameter in parameters]

    def step():
        for gradient in gradients:
            torch.nan_to_num(gradient, nan=0.0, posinf=1e5, neginf=-1e5, out=gradient)
        optimizer.step()
        with torch.no_grad():
            for average, parameter in zip(averages, parameters):
                average.lerp_(parameter, 0.001)

    return step


def copy(device):
    source, target = (torch.rand(COPY_ELEMENTS, device=device) for _ in range(2))
    return Case({"copy_": lambda: target.copy_(source)})


def activations():
    for name in ACTIVATIONS:
        yield f"bias activation {name}", bias_activation, name
    yield "bias activation gradient 128x36x64 64", bias_activation_gradient, "128x36x64 64"


def cases():
    """Name, what prepares it, and its details."""
    yield "copy", copy
    yield from activations()
    for name in RESAMPLINGS:
        yield f"up-filter-down {name}", resampling, name
    yield "adam and average", adam_with_average
    for name in CONVOLUTIONS:
        for direction in ("forward", "data gradient", "weight gradient"):
            yield f"convolution {name} {direction}", convolution, name, direction
