import Graphs
import ModelFiles
import Tensors

extension NodeSite {
  func has(_ name: String) -> Bool { node.attributes[name] != nil }

  private func wrong(_ name: String, _ expected: String) -> ImportError { error("\(name) must be \(expected)") }

  func int(_ name: String, default fallback: Int? = nil) throws(ImportError) -> Int {
    switch node.attributes[name] {
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
    switch node.attributes[name] {
    case .float(let value): return value
    case .int(let value): return Float(value)
    case nil:
      guard let fallback else { throw error("lacks \(name)") }
      return fallback
    default: throw wrong(name, "a number")
    }
  }

  func string(_ name: String, default fallback: String) throws(ImportError) -> String {
    switch node.attributes[name] {
    case .string(let value): return value
    case nil: return fallback
    default: throw wrong(name, "text")
    }
  }

  func ints(_ name: String) throws(ImportError) -> [Int]? {
    switch node.attributes[name] {
    case .ints(let values): return values.map { Int(clamping: $0) }
    case .other("nothing"): return []
    case nil: return nil
    default: throw wrong(name, "whole numbers")
    }
  }

  func floats(_ name: String) throws(ImportError) -> [Float]? {
    switch node.attributes[name] {
    case .floats(let values): return values
    case .other("nothing"): return []
    case nil: return nil
    default: throw wrong(name, "numbers")
    }
  }

  func tensor(_ name: String) throws(ImportError) -> Tensor? {
    switch node.attributes[name] {
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
