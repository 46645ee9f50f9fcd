"""Modules of which torch_networks.py and torch_models.py make networks."""

import torch
from torch import nn


class Block(nn.Sequential):
    """Two convolutions, each with batch normalisation and rectifier."""

    def __init__(self, inputs, outputs):
        layers = []
        for channels in [inputs, outputs]:
            layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
        super().__init__(*layers)


class Up(nn.Module):
    """An image of twice the size, padded or cropped to that of the skip connection, and both in a block.

    `upsampling` is deconvolution, bilinear (with corners aligned) or nearest.
    """

    def __init__(self, inputs, outputs, upsampling):
        super().__init__()
        if upsampling == "deconvolution":
            self.up, channels = nn.ConvTranspose2d(inputs, outputs, 2, stride=2), outputs
        elif upsampling == "bilinear":
            self.up, channels = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), inputs
        else:
            self.up, channels = nn.Upsample(scale_factor=2, mode="nearest"), inputs
        self.block = Block(channels + outputs, outputs)

    def forward(self, low, skip):
        low = self.up(low)
        rows, columns = skip.size(2) - low.size(2), skip.size(3) - low.size(3)
        low = nn.functional.pad(low, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return self.block(torch.cat([skip, low], dim=1))


class UNet(nn.Module):
    """The U-Net of github.com/milesial/Pytorch-UNet, with the given numbers of channels at each size."""

    def __init__(self, widths, classes, upsampling):
        super().__init__()
        self.down = nn.ModuleList(Block(a, b) for a, b in zip([3] + widths, widths))
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(Up(b, a, upsampling) for a, b in zip(widths[-2::-1], widths[:0:-1]))
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, image):
        sizes = [self.down[0](image)]
        for block in self.down[1:]:
            sizes.append(block(self.pool(sizes[-1])))
        result = sizes.pop()
        for up in self.up:
            result = up(result, sizes.pop())
        return self.head(result)
