// What the promises of this product are made of.
@_exported public import Networks
@_exported public import enum Rasters.MaskFormat
