"""Modules with outputs, inputs and whole-image layers of many kinds; see axes_torch.py."""

import torch
from torch import nn

from axes_torch import SCRIPT, GLOBAL, FLAT, INPUTS, Spelled, case, conv


# Outputs.

@case(FLAT, "CHW", exports=SCRIPT)
def squeezed_batch():
    return Spelled(lambda x, a: a(x)[0], conv(3, 4))


@case(FLAT, "HWC", exports=SCRIPT)
def squeezed_last():
    return Spelled(lambda x, a: a(x).squeeze(0).permute(1, 2, 0), conv(3, 4))


@case(FLAT, "NHWC", exports=SCRIPT)
def permuted():
    return Spelled(lambda x, a: a(x).permute(0, 2, 3, 1).softmax(-1), conv(3, 4))


@case(FLAT, "HW", "probability", exports=SCRIPT)
def squeezed_all():
    return Spelled(lambda x, a: torch.sigmoid(a(x)).squeeze(), conv(3, 1))


@case(FLAT, "NHW", "probability", exports=SCRIPT)
def squeezed_channel():
    return Spelled(lambda x, a: torch.sigmoid(a(x)).squeeze(1), conv(3, 1))


@case(FLAT, "NHW", "probability", exports=SCRIPT)
def foreground():
    """The probability of the second class."""
    return Spelled(lambda x, a: a(x).softmax(1)[:, 1], conv(3, 2))


@case(FLAT, "PC", exports=SCRIPT)
def pixels_classes():
    return Spelled(lambda x, a: a(x).permute(0, 2, 3, 1).reshape(-1, 4), conv(3, 4))


@case(FLAT, "NPC", exports=SCRIPT)
def batch_pixels_classes():
    return Spelled(lambda x, a: a(x).flatten(2).transpose(1, 2).softmax(-1), conv(3, 4))


@case(FLAT, "NCP", exports=SCRIPT)
def batch_classes_pixels():
    return Spelled(lambda x, a: a(x).flatten(2).softmax(1), conv(3, 4))


@case(FLAT, "CP", exports=SCRIPT)
def classes_pixels():
    return Spelled(lambda x, a: a(x).view(4, -1), conv(3, 4))


@case(FLAT, "P", "probability", exports=SCRIPT)
def pixels_alone():
    return Spelled(lambda x, a: torch.sigmoid(a(x)).flatten(), conv(3, 1))


@case(FLAT, "NP", "probability", exports=SCRIPT)
def pixels_of_batch():
    return Spelled(lambda x, a: torch.sigmoid(a(x)).flatten(1), conv(3, 1))


@case(FLAT, "NPC", exports=SCRIPT)
def half_pixels():
    return Spelled(lambda x, a: a(x).flatten(2).transpose(1, 2), conv(3, 4, stride=2))


@case(FLAT, "CHW", exports=SCRIPT)
def quarter():
    return Spelled(lambda x, a, b: b(a(x))[0], conv(3, 4, stride=2), conv(4, 4, stride=2))


@case(FLAT, "WHC", exports=SCRIPT)
def turned():
    return Spelled(lambda x, a: a(x)[0].permute(2, 1, 0), conv(3, 4))


@case(FLAT, "NCWH", exports=SCRIPT)
def transposed():
    return Spelled(lambda x, a: a(x).transpose(2, 3), conv(3, 4))


# Inputs.

@case(INPUTS, "NCHW", inputs="NHWC", exports=SCRIPT)
def last_in_first_out():
    return Spelled(lambda x, a: a(x.permute(0, 3, 1, 2)), conv(3, 4))


@case(INPUTS, "NHWC", inputs="NHWC", exports=SCRIPT)
def last_in_last_out():
    return Spelled(lambda x, a: a(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1), conv(3, 4))


@case(INPUTS, "HWC", inputs="HWC", exports=SCRIPT)
def image_alone():
    return Spelled(lambda x, a: a(x.permute(2, 0, 1).unsqueeze(0))[0].permute(1, 2, 0), conv(3, 4))


@case(INPUTS, "CHW", inputs="CHW", exports=SCRIPT)
def planes_alone():
    return Spelled(lambda x, a: a(x[None]).squeeze(0), conv(3, 4))


@case(INPUTS, "HW", "numbers", inputs="HWC", exports=SCRIPT)
def image_to_numbers():
    return Spelled(lambda x, a: a(x.permute(2, 0, 1)[None]).argmax(1)[0], conv(3, 4))


@case(INPUTS, "NCHW", inputs="CHW", exports=SCRIPT)
def planes_to_batch():
    return Spelled(lambda x, a: a(x[None]), conv(3, 4))


@case("torch_grey_axes", "NCHW", inputs="NHW", bands=1, exports=SCRIPT)
def grey_batch():
    return Spelled(lambda x, a: a(x[:, None]), conv(1, 3))


@case("torch_grey_axes", "HW", "probability", inputs="HW", bands=1, exports=SCRIPT)
def grey_alone():
    return Spelled(lambda x, a: torch.sigmoid(a(x[None, None]))[0, 0], conv(1, 1))


@case(INPUTS, "NCHW", inputs="NHWC", exports=SCRIPT)
def linear_only():
    return Spelled(lambda x, a, b: b(a(x).relu()).permute(0, 3, 1, 2), nn.Linear(3, 8), nn.Linear(8, 4))


# Depends on the whole image: read rightly, and run as one window.

@case(GLOBAL, exports=("fixed",))
def minus_max():
    return Spelled(lambda x, a: a(x) * (x - x.max()).exp().mean(1, keepdim=True), conv(3, 4))


@case(GLOBAL, exports=("fixed",))
def over_largest():
    return Spelled(lambda x, a: a(x / x.amax(dim=(1, 2, 3), keepdim=True)), conv(3, 4))


@case(GLOBAL, exports=("fixed",))
def over_largest_flat():
    return Spelled(lambda x, a: a(x / x.amax(dim=(1, 2, 3)).view(-1, 1, 1, 1)), conv(3, 4))


@case(GLOBAL, exports=("fixed",))
def standardised():
    return Spelled(lambda x, a: a((x - x.mean()) / (x.std() + 1e-6)), conv(3, 4))


@case(GLOBAL, exports=("fixed",))
def standardised_bands():
    def f(x, a):
        m = x.mean((2, 3), keepdim=True)
        return a((x - m) / (x.var((2, 3), keepdim=True) + 1e-4).sqrt())
    return Spelled(f, conv(3, 4))


@case(GLOBAL, exports=("fixed",))
def standardised_view():
    def f(x, a):
        y = x.view(x.shape[0], x.shape[1], -1)
        y = (y - y.mean(2, keepdim=True)) / (y.std(2, keepdim=True) + 1e-4)
        return a(y.view_as(x))
    return Spelled(f, conv(3, 4))


@case(GLOBAL, exports=("fixed",))
def min_max():
    return Spelled(lambda x, a: a((x - x.min()) / (x.max() - x.min())), conv(3, 4))


@case(GLOBAL, exports=("fixed",))
def squeeze_excite():
    def f(x, a, b, c, d):
        y = a(x)
        s = y.mean((2, 3))
        s = torch.sigmoid(c(b(s).relu()))
        return d(y * s[:, :, None, None])
    return Spelled(f, conv(3, 6), nn.Linear(6, 3), nn.Linear(3, 6), conv(6, 3))


@case(GLOBAL, exports=("fixed",))
def efficient_channels():
    """ECA: a convolution along the axis of channels."""
    def f(x, a, b, c, p):
        y = a(x)
        s = b(p(y).squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        return c(y * torch.sigmoid(s))
    return Spelled(f, conv(3, 6), nn.Conv1d(1, 1, 3, padding=1), conv(6, 3), nn.AdaptiveAvgPool2d(1))


@case(GLOBAL, exports=("fixed",))
def attention():
    def f(x, a, q, b):
        y = a(x)
        n, c, h, w = y.shape
        t = y.flatten(2).transpose(1, 2)
        t = torch.softmax(q(t) @ t.transpose(1, 2) * 0.3, -1) @ t
        return b(t.transpose(1, 2).reshape(n, c, h, w) + y)
    return Spelled(f, conv(3, 4), nn.Linear(4, 4), conv(4, 3))


@case(GLOBAL, exports=("fixed",))
def channel_attention():
    def f(x, a, b):
        y = a(x)
        n, c, h, w = y.shape
        t = y.view(n, c, h * w)
        k = torch.softmax(t @ t.transpose(1, 2) / 100, -1)
        return b((k @ t).view(n, c, h, w) + y)
    return Spelled(f, conv(3, 4), conv(4, 3))


@case(GLOBAL, exports=("fixed",))
def gram_scale():
    """A rank-0 number that is computed."""
    return Spelled(lambda x, a: a(x) * 3 + a(x).mean().reshape(()) * x.std(), conv(3, 3))
