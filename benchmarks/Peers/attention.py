"""Attention at the levels of a text-to-image U-Net, in the ways that PyTorch has for it: products and a softmax.

Tokens come with the heads as a batch, [N Heads, L, D], the layout that those products like best; or head by head, so
that a matrix of logits stays in the cache.
"""

import torch

from kernels import Case

PAIRS = 16  # 2 sequences with 8 heads each
# Queries, keys, channels of a head.
LAYERS = {"1024x40": (1024, 1024, 40), "1024x80": (1024, 1024, 80), "256x160": (256, 256, 160),
          "1024x80 to 77": (1024, 77, 80)}


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


def differentiate(q, k, v, g):
    """By autograd."""
    leaves = [x.detach().requires_grad_() for x in (q, k, v)]
    with torch.enable_grad():
        y = attend(*leaves)
    return torch.autograd.grad(y, leaves, g)


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


def forward(name, device):
    queries, keys, channels = LAYERS[name]
    q_shape, k_shape = (PAIRS, queries, channels), (PAIRS, keys, channels)
    ways = {"baddbmm, softmax, bmm": attend, "scaled queries, bmm": attend_scaled_first,
            "head by head": attend_head_by_head}
    return Case(ways, (q_shape, k_shape, k_shape))


def forward_and_backward(name, device):
    queries, keys, channels = LAYERS[name]
    q_shape, k_shape = (PAIRS, queries, channels), (PAIRS, keys, channels)
    ways = {"autograd": differentiate, "by hand": differentiate_by_hand,
            "by hand, head by head": differentiate_head_by_head}
    return Case(ways, (q_shape, k_shape, k_shape, q_shape))


def cases():
    """Name, what prepares it, and its details."""
    for name in LAYERS:
        yield f"attention {name} forward", forward, name
        yield f"attention {name} forward and backward", forward_and_backward, name
