"""Modules that are local by their mathematics, in many spellings; see axes_torch.py."""

import torch
import torch.nn.functional as F
from torch import nn

from axes_torch import ALL, LOCAL, Spelled, case, conv


# Views of pixels.

@case(LOCAL, exports=ALL)
def softmax_view():
    def f(x, a):
        y = a(x)
        b, c, h, w = y.shape
        return y.view(b, c, -1).softmax(1).view(b, c, h, w)
    return Spelled(f, conv(3, 4))


@case(LOCAL, exports=ALL)
def flatten_unflatten():
    def f(x, a, b):
        y = a(x)
        return b(y.flatten(2).tanh().unflatten(2, y.shape[2:]))
    return Spelled(f, conv(3, 5), conv(5, 3))


@case(LOCAL, exports=ALL)
def permute_linear_permute():
    def f(x, a, b, n):
        return b(n(a(x).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
    return Spelled(f, conv(3, 6), nn.Linear(6, 3), nn.LayerNorm(6))


@case(LOCAL, exports=ALL)
def tokens_linear():
    def f(x, a, b, n):
        y = a(x)
        n_, c, h, w = y.shape
        t = b(n(y.flatten(2).transpose(1, 2)))
        return t.transpose(1, 2).reshape(n_, -1, h, w)
    return Spelled(f, conv(3, 6), nn.Linear(6, 3), nn.LayerNorm(6))


@case(LOCAL, exports=ALL)
def softmax_last_flat():
    """Softmax over channels in rows of pixels: the form of CRF heads and of many losses."""
    def f(x, a):
        y = a(x)
        t = y.permute(0, 2, 3, 1).reshape(-1, 4).softmax(-1)
        return t.reshape(y.shape[0], y.shape[2], y.shape[3], 4).permute(0, 3, 1, 2)
    return Spelled(f, conv(3, 4))


# Channels picked, moved and joined.

@case(LOCAL, exports=ALL)
def unbind_stack():
    def f(x, a):
        r, g, b = x.unbind(1)
        return a(torch.stack([b - 0.4, g - 0.5, r * g], 1))
    return Spelled(f, conv(3, 3))


@case(LOCAL, exports=ALL)
def bgr_index():
    return Spelled(lambda x, a, b: b(a(x[:, [2, 1, 0]]).relu()), conv(3, 6), conv(6, 3))


@case(LOCAL, exports=ALL)
def single_index():
    return Spelled(lambda x, a: a(torch.cat([x, x[:, 1].unsqueeze(1)], 1)), conv(4, 3))


@case(LOCAL, exports=ALL)
def flip_channels():
    return Spelled(lambda x, a: a(torch.flip(x, [1])), conv(3, 3))


@case(LOCAL, exports=ALL)
def chunk_gate():
    def f(x, a, b):
        u, v = a(x).chunk(2, 1)
        return b(u * torch.sigmoid(v))
    return Spelled(f, conv(3, 8), conv(4, 3))


@case(LOCAL, exports=ALL)
def split_cat():
    def f(x, a, b):
        p, q, r = torch.split(a(x), [2, 3, 1], 1)
        return b(torch.cat([r, p.relu(), q.tanh()], 1))
    return Spelled(f, conv(3, 6), conv(6, 3))


@case(LOCAL, exports=ALL)
def index_select():
    def f(x, a, b):
        return b(torch.index_select(a(x), 1, torch.tensor([3, 0, 2, 2])))
    return Spelled(f, conv(3, 4), conv(4, 3))


@case(LOCAL, exports=ALL)
def assigned_channels():
    def f(x, a):
        y = a(x).clone()
        y[:, 0] = y[:, 0] * 0.5
        y[:, 2] = y[:, 1] - y[:, 2]
        return y
    return Spelled(f, conv(3, 3))


@case(LOCAL, exports=ALL)
def einsum_channels():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.w = conv(3, 5), nn.Parameter(torch.randn(3, 5) * 0.3)

        def forward(self, x):
            return torch.einsum("bchw,dc->bdhw", self.a(x).relu(), self.w)
    return Net()


@case(LOCAL, exports=ALL)
def matmul_pixels():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(4, 3) * 0.5)

        def forward(self, x):
            b, c, h, w = x.shape
            return torch.matmul(self.w, x.reshape(b, c, h * w)).sin().reshape(b, 4, h, w)
    return Net()


@case(LOCAL, exports=ALL)
def prototypes():
    """Cosine similarity to class prototypes."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.p = conv(3, 5), nn.Parameter(torch.randn(4, 5))

        def forward(self, x):
            y = F.normalize(self.a(x), dim=1)
            return torch.einsum("nchw,kc->nkhw", y, F.normalize(self.p, dim=1))
    return Net()


@case(LOCAL, exports=ALL)
def distances():
    """Negative squared distance to class centres, on an axis of its own."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.p = conv(3, 4), nn.Parameter(torch.randn(1, 5, 4, 1, 1) * 0.2)

        def forward(self, x):
            return -((self.a(x).unsqueeze(1) - self.p) ** 2).sum(2)
    return Net()
