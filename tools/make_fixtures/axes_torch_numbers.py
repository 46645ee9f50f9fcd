"""Modules that give class numbers; see axes_torch.py."""

import torch
import torch.nn.functional as F
from torch import nn

from axes_torch import ALL, SCRIPT, NUMBERS, Spelled, case, conv


# Class numbers of torch.

@case(NUMBERS, "NHW", "numbers", exports=ALL)
def argmax_plus_one():
    return Spelled(lambda x, a: a(x).argmax(1) + 1, conv(3, 4))


@case(NUMBERS, "HW", "numbers", exports=ALL)
def argmax_squeezed():
    return Spelled(lambda x, a: a(x).argmax(1).squeeze(0), conv(3, 4))


@case(NUMBERS, "NCHW", "numbers", exports=ALL)
def argmax_bytes():
    return Spelled(lambda x, a: a(x).argmax(1, keepdim=True).to(torch.uint8), conv(3, 4))


@case(NUMBERS, "NHW", "numbers", exports=ALL)
def max_index():
    return Spelled(lambda x, a: torch.max(a(x).softmax(1), 1)[1].float(), conv(3, 4))


@case(NUMBERS, "NHW", "numbers", exports=ALL)
def palette():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = conv(3, 4)
            self.register_buffer("ids", torch.tensor([0, 7, 2, 9]))

        def forward(self, x):
            return self.ids[self.a(x).argmax(1)]
    return Net()


@case(NUMBERS, "NHW", "numbers", exports=ALL)
def gated():
    def f(x, a):
        p, k = a(x).softmax(1).max(1)
        return torch.where(p > 0.4, k + 1, torch.zeros_like(k))
    return Spelled(f, conv(3, 4))


@case(NUMBERS, "NHW", "numbers", exports=ALL)
def multiplied_gate():
    def f(x, a):
        p, k = a(x).softmax(1).max(1)
        return k * (p > 0.4)
    return Spelled(f, conv(3, 4))


@case(NUMBERS, "NHW", "numbers", exports=ALL)
def masked_fill():
    def f(x, a):
        p, k = a(x).softmax(1).max(1)
        return k.masked_fill(p < 0.4, 5)
    return Spelled(f, conv(3, 4))


@case(NUMBERS, "NHW", "numbers", exports=ALL)
def nearest_centre():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.p = nn.Parameter(torch.rand(1, 4, 3, 1, 1) * 0.5)

        def forward(self, x):
            return ((x.unsqueeze(1) - self.p) ** 2).sum(2).argmin(1)
    return Net()


@case(NUMBERS, "NCHW", "numbers", exports=ALL)
def top_index():
    return Spelled(lambda x, a: torch.topk(a(x), 1, dim=1)[1], conv(3, 4))


@case(NUMBERS, "NCHW", "numbers", exports=ALL)
def second_index():
    return Spelled(lambda x, a: torch.topk(a(x), 2, dim=1)[1][:, 1:], conv(3, 4))


@case(NUMBERS, "NCHW", "numbers", exports=ALL)
def threshold_bool():
    return Spelled(lambda x, a: torch.sigmoid(a(x)) > 0.5, conv(3, 1))


@case(NUMBERS, "NCHW", "numbers", exports=ALL)
def round_sigmoid():
    return Spelled(lambda x, a: torch.round(torch.sigmoid(a(x))), conv(3, 1))


@case(NUMBERS, "HW", "numbers", exports=ALL)
def threshold_squeezed():
    return Spelled(lambda x, a: (torch.sigmoid(a(x)) > 0.5).to(torch.uint8).squeeze(), conv(3, 1))


@case(NUMBERS, "NCHW", "numbers", exports=ALL)
def ordinal():
    """Class number as how many thresholds are passed."""
    return Spelled(lambda x, a: (torch.sigmoid(a(x)) > 0.5).sum(1, keepdim=True), conv(3, 3))


@case(NUMBERS, "NHW", "numbers", exports=SCRIPT)
def half_numbers():
    """Class numbers at half of the size."""
    return Spelled(lambda x, a: a(x).argmax(1).int() + 1, conv(3, 4, stride=2))


@case(NUMBERS, "NCHW", "numbers", exports=ALL)
def enlarged_numbers():
    def f(x, a):
        k = a(x).argmax(1, keepdim=True).float()
        return F.interpolate(k, scale_factor=2, mode="nearest")
    return Spelled(f, conv(3, 4, stride=2))


@case(NUMBERS, "NHW", "numbers", exports=ALL)
def combined_bits():
    """Two binary heads as one number."""
    def f(x, a):
        y = (a(x) > 0).long()
        return y[:, 0] + 2 * y[:, 1]
    return Spelled(f, conv(3, 2))


@case(NUMBERS, "P", "numbers", exports=ALL)
def flat_numbers():
    return Spelled(lambda x, a: a(x).argmax(1).flatten(), conv(3, 4))


@case(NUMBERS, "NP", "numbers", exports=ALL)
def flat_numbers_batch():
    return Spelled(lambda x, a: a(x).flatten(2).argmax(1), conv(3, 4))
