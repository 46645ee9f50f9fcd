import Graphs
import ModelFiles
import Tensors

extension NodeSite {
  /// Whether an attribute is there, which does not count as reading it.
  func has(_ name: String) -> Bool { node.attributes[name] != nil }

  private func attribute(_ name: String) -> AttributeMessage? {
    reads.insert(name)
    return node.attributes[name]
  }

  private func wrong(_ name: String, _ expected: String) -> ImportError { error("\(name) must be \(expected)") }

  func int(_ name: String, default fallback: Int? = nil) throws(ImportError) -> Int {
    switch attribute(name) {
    case .int(let value): return Int(clamping: value)
    case nil:
      guard let fallback else { throw error("lacks \(name)") }
      return fallback
    default: throw wrong(name, "a whole number")
    }
  }

  func bool(_ name: String, default fallback: Bool = false) throws(ImportError) -> Bool {
    switch try int(name, default: fallback ? 1 : 0) {
    case 0: return false
    case 1: return true
    default: throw wrong(name, "0 or 1")
    }
  }

  func float(_ name: String, default fallback: Float? = nil) throws(ImportError) -> Float {
    switch attribute(name) {
    case .float(let value): return value
    case .int(let value): return Float(value)
    case nil:
      guard let fallback else { throw error("lacks \(name)") }
      return fallback
    default: throw wrong(name, "a number")
    }
  }

  func string(_ name: String, default fallback: String) throws(ImportError) -> String {
    switch attribute(name) {
    case .string(let value): return value
    case nil: return fallback
    default: throw wrong(name, "text")
    }
  }

  func ints(_ name: String) throws(ImportError) -> [Int]? {
    switch attribute(name) {
    case .ints(let values): return values.map { Int(clamping: $0) }
    case .other("nothing"): return []
    case nil: return nil
    default: throw wrong(name, "whole numbers")
    }
  }

  func floats(_ name: String) throws(ImportError) -> [Float]? {
    switch attribute(name) {
    case .floats(let values): return values
    case .other("nothing"): return []
    case nil: return nil
    default: throw wrong(name, "numbers")
    }
  }

  func tensor(_ name: String) throws(ImportError) -> Tensor? {
    switch attribute(name) {
    case .tensor(let message): return try builder.tensor(message, site: node.name)
    case nil: return nil
    default: throw wrong(name, "a tensor")
    }
  }

  /// The element type that `to`, `dtype` or `output_dtype` names.
  func element(_ name: String, default fallback: Int? = nil) throws(ImportError) -> ElementType {
    let code = try int(name, default: fallback)
    guard let element = Int32(exactly: code).flatMap(ElementType.init) else {
      throw error("\(name) is the element type \(code), which does not exist")
    }
    return element
  }

  /// Refuses a type of intermediate or final results other than float32, in which all is computed, and halves, which become it.
  func requireFloat32(_ name: String) throws(ImportError) {
    guard try int(name, default: 0) != 0 else { return }
    let element = try element(name)
    guard try dataType(of: element) == .float32 else { throw unsupported("\(name) of \(element)") }
  }

  /// The type that an attribute names; halves become float32.
  func dataType(_ name: String, default fallback: Int? = nil) throws(ImportError) -> DataType {
    try dataType(of: element(name, default: fallback))
  }

  func dataType(of element: ElementType) throws(ImportError) -> DataType {
    guard let carrier = element.carrier, element.isExact else { throw unsupported("the element type \(element)") }
    if element.isHalf { builder.noteHalves(element) }
    return carrier
  }
}
