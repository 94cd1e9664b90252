"""Pictures and activations brought to another size, and their gradients.

Their results would fit into the last-level cache: they are kept, so that each is written to memory, as ours are.
"""

import torch
from torch.nn import functional

from kernels import Case

# Shape, height and width after, mode.
RESIZES = {
    "nearest 2x32x32 640 x2": ((2, 640, 32, 32), (64, 64), "nearest"),
    "bilinear 4x36x64 64 x2": ((4, 64, 36, 64), (72, 128), "bilinear"),
    "bilinear 4x36x64 64 x4": ((4, 64, 36, 64), (144, 256), "bilinear"),
    "bilinear 32x36x64 3 x4": ((32, 3, 36, 64), (144, 256), "bilinear"),
}
BACKWARD = {"nearest": torch.ops.aten.upsample_nearest2d_backward,
            "bilinear": torch.ops.aten.upsample_bilinear2d_backward}


def laid_out(call):
    """Both layouts; the inputs are made in the layout of the way's name."""
    return {"contiguous": call, "channels last": call}, {"channels last": torch.channels_last}


def resize(name, device):
    shape, size, mode = RESIZES[name]
    corners = {} if mode == "nearest" else {"align_corners": False}
    candidates, layouts = laid_out(lambda x: functional.interpolate(x, size=size, mode=mode, **corners))
    return Case(candidates, (shape,), layouts, keeps_results=True)


def resize_gradient(name, device):
    shape, size, mode = RESIZES[name]
    corners = () if mode == "nearest" else (False,)
    candidates, layouts = laid_out(lambda g: BACKWARD[mode](g, size, shape, *corners))
    return Case(candidates, ((*shape[:2], *size),), layouts, keeps_results=True)


def cases():
    """Name, what prepares it, and its details."""
    for name in RESIZES:
        yield f"resize {name}", resize, name
        yield f"resize gradient {name}", resize_gradient, name
