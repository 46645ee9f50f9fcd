// What the promises of this product are made of.
@_exported public import enum Diagnostics.Remedy
@_exported public import enum KerasImport.KerasBackend
@_exported public import enum ModelFiles.WantedOutputs
@_exported public import enum Ops.Precision
@_exported public import Scenes
@_exported public import Tensors
