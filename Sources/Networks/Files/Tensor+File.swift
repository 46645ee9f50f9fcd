public import Tensors

extension Tensor {
  /// The tensor of a NumPy file (`.npy`), or of one of ONNX's data sets (`.pb`).
  ///
  /// Errors: a file that cannot be read or is none of these.
  public init(contentsOf path: String) throws(Fault) { self = try Files.tensor(path) }

  /// Writes a NumPy file, whole or not at all.
  ///
  /// Errors: a name that is none, a directory that is missing or closed, a full disk.
  public func write(to path: String) throws(Fault) { try Files.write(self, to: path) }
}
