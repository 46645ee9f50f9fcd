"""Modules that are that reduce channels, move blocks of pixels or work on elements alone; see axes_torch.py."""

import torch
import torch.nn.functional as F
from torch import nn

from axes_torch import ALL, LOCAL, Spelled, case, conv


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
