"""Attention at the levels of a text-to-image U-Net, in the ways that PyTorch has for it: products and a softmax.

Tokens come with the heads as a batch, [N Heads, L, D], the layout that those products like best; or head by head, so
that a matrix of logits stays in the cache. On a GPU there are also the kernels without a matrix of logits, which like
heads or tokens first.
"""

import functools

import torch
from torch.nn import functional

from kernels import Case

CLIPS, HEADS = 2, 8
PAIRS = CLIPS * HEADS
# Queries, keys, channels of a head.
LAYERS = {"1024x40": (1024, 1024, 40), "1024x80": (1024, 1024, 80), "256x160": (256, 256, 160),
          "1024x80 to 77": (1024, 77, 80)}
FINEST = {"4096x40": (4096, 4096, 40), "4096x80": (4096, 4096, 80)}
BACKENDS = {"flash": "FLASH_ATTENTION", "efficient": "EFFICIENT_ATTENTION", "cudnn": "CUDNN_ATTENTION"}


def heads_first(x):
    """[N, Heads, L, D] that lies so."""
    return x.view(CLIPS, HEADS, *x.shape[1:])


def tokens_first(x):
    """The same that lies as [N, L, Heads, D]: inputs are random, and either layout is a view of them."""
    return x.view(CLIPS, x.shape[1], HEADS, x.shape[2]).transpose(1, 2)


VIEWS = {"heads first": heads_first, "tokens first": tokens_first}


def fused(backend):
    """Attention without a matrix of logits by one of PyTorch's backends, whatever it would choose."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    backends = [getattr(SDPBackend, BACKENDS[backend])]

    def attend(q, k, v):
        with sdpa_kernel(backends):
            return functional.scaled_dot_product_attention(q, k, v)

    return attend


def fused_ways(with_gradients):
    """Every backend with every layout; what a backend does not take fails, and is no way."""
    ways = {}
    for layout, view in VIEWS.items():
        for backend in BACKENDS:
            call = functools.partial(differentiate if with_gradients else attend_viewed, backend, view)
            ways[f"scaled_dot_product_attention, {backend}, {layout}"] = call
    return ways


def attend_viewed(backend, view, *tokens):
    return fused(backend)(*map(view, tokens))


def weigh(q, k):
    """The weights of the values, [N Heads, Lq, Lk]."""
    logits = torch.empty(q.shape[0], q.shape[1], k.shape[1], device=q.device)
    return torch.baddbmm(logits, q, k.transpose(1, 2), beta=0, alpha=q.shape[2] ** -0.5).softmax(-1)


def attend(q, k, v):
    return torch.bmm(weigh(q, k), v)


def attend_scaled_first(q, k, v):
    return torch.bmm(torch.bmm(q * q.shape[2] ** -0.5, k.transpose(1, 2)).softmax(-1), v)


def attend_head_by_head(q, k, v):
    y = torch.empty_like(q)
    for head in range(q.shape[0]):
        logits = torch.mm(q[head] * q.shape[2] ** -0.5, k[head].t())
        torch.mm(torch.softmax(logits, -1), v[head], out=y[head])
    return y


def differentiate(backend, view, q, k, v, g):
    """By autograd; without a backend by products and a softmax."""
    leaves = [view(x).detach().requires_grad_() for x in (q, k, v)]
    with torch.enable_grad():
        y = fused(backend)(*leaves) if backend else attend(*leaves)
    return torch.autograd.grad(y, leaves, view(g))


def differentiate_by_hand(q, k, v, g):
    """The same products without what autograd adds, in place where it may be."""
    scale = q.shape[2] ** -0.5
    weights = weigh(q, k)
    torch.bmm(weights, v)
    dv = torch.bmm(weights.transpose(1, 2), g)
    slopes = torch._softmax_backward_data(torch.bmm(g, v.transpose(1, 2)), weights, -1, torch.float32)
    return torch.bmm(slopes, k).mul_(scale), torch.bmm(slopes.transpose(1, 2), q).mul_(scale), dv


def differentiate_head_by_head(q, k, v, g):
    parts = [differentiate_by_hand(*(x[head:head + 1] for x in (q, k, v, g))) for head in range(q.shape[0])]
    return tuple(torch.cat(part) for part in zip(*parts))


def shapes(name):
    """Of queries, keys and values."""
    queries, keys, channels = {**LAYERS, **FINEST}[name]
    return (PAIRS, queries, channels), (PAIRS, keys, channels), (PAIRS, keys, channels)


def fused_forward(name, device):
    return Case(fused_ways(False), shapes(name))


def fused_forward_and_backward(name, device):
    return Case(fused_ways(True), (*shapes(name), shapes(name)[0]))


def forward(name, device):
    ways = {"baddbmm, softmax, bmm": attend, "scaled queries, bmm": attend_scaled_first,
            "head by head": attend_head_by_head}
    if device.startswith("cuda"):
        ways |= fused_ways(False)
    return Case(ways, shapes(name))


def forward_and_backward(name, device):
    by_autograd = functools.partial(differentiate, None, lambda x: x)
    ways = {"autograd": by_autograd, "by hand": differentiate_by_hand,
            "by hand, head by head": differentiate_head_by_head}
    if device.startswith("cuda"):
        ways |= fused_ways(True)
    return Case(ways, (*shapes(name), shapes(name)[0]))


def cases():
    """Name, what prepares it, and its details."""
    for name in LAYERS:
        yield f"attention {name} forward", forward, name
        yield f"attention {name} forward and backward", forward_and_backward, name
