"""Modules of axes_torch.py, a function each."""

import torch
import torch.nn.functional as F
from torch import nn

from axes_torch import Spelled, case, conv

ALL, SCRIPT = ("fixed", "open_dynamo"), ("fixed", "open")
LOCAL, GLOBAL = "torch_local_spellings", "torch_global_spellings"
FLAT, NUMBERS, INPUTS = "torch_flat_outputs", "torch_class_numbers", "torch_input_axes"


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


# Reductions and indices of bands.

@case(LOCAL, exports=ALL)
def mean_unsqueeze():
    return Spelled(lambda x, a: a(x - x.mean(1).unsqueeze(1)), conv(3, 3))


@case(LOCAL, exports=ALL)
def amax_concat():
    return Spelled(lambda x, a: a(torch.cat([x, x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)), conv(5, 3))


@case(LOCAL, exports=ALL)
def band_index():
    def f(x, a):
        red, nir = x[:, 0], x[:, 2]
        index = (nir - red) / (nir + red + 0.1)
        return a(torch.cat([x, index[:, None]], 1))
    return Spelled(f, conv(4, 3))


@case(LOCAL, exports=ALL)
def sum_channels():
    return Spelled(lambda x, a: a(x / (x.sum(1, keepdim=True) + 0.1)), conv(3, 3))


@case(LOCAL, exports=ALL)
def spatial_attention():
    def f(x, a, b, c):
        y = a(x)
        m, _ = torch.max(y, dim=1, keepdim=True)
        return c(y * torch.sigmoid(b(torch.cat([m, torch.mean(y, dim=1, keepdim=True)], 1))))
    return Spelled(f, conv(3, 6), conv(2, 1), conv(6, 3))


@case(LOCAL, exports=ALL)
def grouped_softmax():
    def f(x, a, b):
        y = a(x)
        n, c, h, w = y.shape
        return b(y.view(n, 2, c // 2, h, w).softmax(2).view(n, c, h, w))
    return Spelled(f, conv(3, 8), conv(8, 3))


@case(LOCAL, exports=ALL)
def channel_shuffle():
    def f(x, a, b):
        y = a(x)
        n, c, h, w = y.shape
        y = y.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, -1, h, w)
        return b(y)
    return Spelled(f, conv(3, 8), nn.Conv2d(8, 4, 3, padding=1, groups=2))


@case(LOCAL, exports=("open_dynamo",))
def channel_shuffle_layer():
    return Spelled(lambda x, a, s, b: b(s(a(x))), conv(3, 8), nn.ChannelShuffle(2), nn.Conv2d(8, 4, 3, padding=1, groups=2))


@case(LOCAL, exports=ALL)
def selective_kernels():
    """Two branches stacked on an axis of their own and weighted per pixel."""
    def f(x, a, b, c, d):
        s = torch.stack([a(x), b(x)], 1)
        w = torch.softmax(c(s.sum(1)), 1).unsqueeze(2)
        return d((s * w).sum(1))
    return Spelled(f, conv(3, 4), conv(3, 4, 5), conv(4, 2), conv(4, 3))


@case(LOCAL, exports=ALL)
def layer_norm_channels_first():
    """ConvNeXt's layer norm over channels, written out."""
    class Norm(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.w, self.b = nn.Parameter(torch.ones(c)), nn.Parameter(torch.zeros(c))

        def forward(self, x):
            u = x.mean(1, keepdim=True)
            s = (x - u).pow(2).mean(1, keepdim=True)
            return self.w[:, None, None] * ((x - u) / torch.sqrt(s + 1e-6)) + self.b[:, None, None]
    return Spelled(lambda x, a, n, b: b(n(a(x))), conv(3, 6), Norm(6), conv(6, 3))


@case(LOCAL, exports=ALL)
def maxout():
    def f(x, a):
        y = a(x)
        return y.reshape(y.shape[0], 3, 2, y.shape[2], y.shape[3]).amax(2)
    return Spelled(f, conv(3, 6))


@case(LOCAL, exports=ALL)
def repeat_grey():
    return Spelled(lambda x, a: a(x[:, :1].repeat(1, 3, 1, 1) - x), conv(3, 3))


@case(LOCAL, exports=ALL)
def expand_grey():
    return Spelled(lambda x, a: a(x.mean(1, keepdim=True).expand(-1, 3, -1, -1) * x - 0.3), conv(3, 3))


@case(LOCAL, exports=ALL)
def repeat_interleave():
    return Spelled(lambda x, a: a(x.repeat_interleave(2, dim=1) - 0.5), conv(6, 3))


@case(LOCAL, exports=ALL)
def cumulative():
    return Spelled(lambda x, a: torch.cumsum(a(x), 1), conv(3, 3))


@case(LOCAL, exports=ALL)
def sorted_bands():
    return Spelled(lambda x, a: a(torch.sort(x, dim=1)[0]), conv(3, 3))


@case(LOCAL, exports=ALL)
def top_two():
    return Spelled(lambda x, a: a(torch.topk(x, 2, dim=1)[0] - 0.5), conv(2, 3))


@case(LOCAL, exports=ALL)
def norm_of_bands():
    return Spelled(lambda x, a: a(torch.cat([x, torch.norm(x, dim=1, keepdim=True)], 1)), conv(4, 3))


@case(LOCAL, exports=ALL)
def grey_by_buffer():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = conv(4, 3)
            self.register_buffer("k", torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1))

        def forward(self, x):
            return self.a(torch.cat([x, (x * x * self.k).sum(1, keepdim=True)], 1))
    return Net()


# Pixels and blocks.

@case(LOCAL, exports=ALL)
def shuffle_by_hand():
    def f(x, a):
        y = a(x)
        n, c, h, w = y.shape
        y = y.view(n, c // 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).contiguous()
        return y.view(n, c // 4, h * 2, w * 2)
    return Spelled(f, conv(3, 12, stride=2))


@case(LOCAL, exports=ALL)
def unshuffle_by_hand():
    def f(x, a, s):
        n, c, h, w = x.shape
        y = x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(n, c * 4, h // 2, w // 2)
        return s(a(y))
    return Spelled(f, conv(12, 12, 1), nn.PixelShuffle(2))


@case(LOCAL, exports=ALL)
def unshuffle_layer():
    return Spelled(lambda x, u, a, s: s(a(u(x))), nn.PixelUnshuffle(2), conv(12, 12, 1), nn.PixelShuffle(2))


@case(LOCAL, exports=ALL)
def focus():
    def f(x, a, s):
        y = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)
        return s(a(y))
    return Spelled(f, conv(12, 12, 1), nn.PixelShuffle(2))


@case(LOCAL, exports=ALL)
def patch_expand():
    """Swin-UNet's patch expanding, by hand."""
    def f(x, a, b, c):
        y = a(x)
        n, d, h, w = y.shape
        t = b(y.permute(0, 2, 3, 1)).view(n, h, w, 2, 2, d // 2).permute(0, 1, 3, 2, 4, 5)
        return c(t.reshape(n, h * 2, w * 2, d // 2).permute(0, 3, 1, 2))
    return Spelled(f, conv(3, 8, stride=2), nn.Linear(8, 16), conv(4, 3))


@case(LOCAL, exports=ALL)
def patch_merge():
    """Swin's patch merging: four pixels side by side, channels last."""
    def f(x, a, b, s):
        y = a(x).permute(0, 2, 3, 1)
        y = torch.cat([y[:, 0::2, 0::2], y[:, 1::2, 0::2], y[:, 0::2, 1::2], y[:, 1::2, 1::2]], -1)
        return s(b(y).permute(0, 3, 1, 2))
    return Spelled(f, conv(3, 4), nn.Linear(16, 12), nn.PixelShuffle(2))


@case(LOCAL, exports=ALL)
def nearest_by_expand():
    """Doubling by expand and reshape."""
    def f(x, a, b):
        y = a(x)
        n, c, h, w = y.shape
        y = y[:, :, :, None, :, None].expand(n, c, h, 2, w, 2).reshape(n, c, h * 2, w * 2)
        return b(y)
    return Spelled(f, conv(3, 6, stride=2), conv(6, 3))


@case(LOCAL, exports=ALL)
def nearest_by_interleave():
    def f(x, a, b):
        return b(a(x).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3))
    return Spelled(f, conv(3, 6, stride=2), conv(6, 3))


@case(LOCAL, exports=ALL)
def mean_of_blocks():
    """Pooling as reshape and mean."""
    def f(x, a, b):
        y = a(x)
        n, c, h, w = y.shape
        y = y.view(n, c, h // 2, 2, w // 2, 2).mean((3, 5))
        return F.interpolate(b(y), scale_factor=2, mode="nearest")
    return Spelled(f, conv(3, 6), conv(6, 3))


@case(LOCAL, exports=("fixed",))
def window_partition():
    """Attention in windows of 4 x 4 pixels: Swin without shifts. Local in windows that lie on a grid."""
    def f(x, a, q, b):
        y = a(x)
        n, c, h, w = y.shape
        t = y.view(n, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 3, 5, 1).reshape(-1, 16, c)
        k = q(t)
        t = torch.softmax(k @ t.transpose(1, 2), -1) @ t
        y = t.view(n, h // 4, w // 4, 4, 4, c).permute(0, 5, 1, 3, 2, 4).reshape(n, c, h, w)
        return b(y)
    return Spelled(f, conv(3, 4), nn.Linear(4, 4), conv(4, 3))


# Elementwise only.

@case(LOCAL, exports=ALL)
def elementwise():
    return Spelled(lambda x: torch.sigmoid(x * 4 - 2) + x.flip(1) * 0.3)


@case(LOCAL, exports=ALL)
def elementwise_colours():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.rand(1, 3, 1, 1) + 0.5)
            self.b = nn.Parameter(torch.rand(3, 1, 1) * 0.2)

        def forward(self, x):
            return torch.sqrt(x) * self.w + self.b
    return Net()


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
