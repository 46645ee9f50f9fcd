import Tensors
import Testing

/// An .npy file of the given version around a header text.
private func file(_ header: String, _ data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
  let text = Array((header + "\n").utf8)
  let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(text.count >> (8 * $0) & 0xff) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
}

private func refusal(_ bytes: [UInt8]) -> NpyError.Kind? {
  do {
    _ = try Tensor(npy: bytes)
    return nil
  } catch { return error.kind }
}

private func header(_ descr: String, _ shape: String, fortran: Bool = false) -> String {
  "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }"
}

@Test(arguments: [
  Tensor([2, 3], .float32([1, -2, 0.5, .infinity, 3.25, -0.0])),
  Tensor([1, 1, 2], .float64([.pi, -1e300])),
  Tensor([2], .int64([.min, .max])),
  Tensor([3], .int32([.min, 0, .max])),
  Tensor([4], .uint8([0, 1, 128, 255])),
  Tensor([3], .int8([-128, -1, 127])),
  Tensor([2, 2], .bool([true, false, false, true])),
  Tensor([], .float32([7])),
  Tensor([3, 0, 2], .int32([])),
])
func `what is written is read back`(tensor: Tensor) throws {
  let bytes = tensor.npyBytes()
  #expect(try Tensor(npy: bytes) == tensor)
  #expect((bytes.count - tensor.shape.count * tensor.dataType.byteCount) % 64 == 0)
}

@Test func `the written bytes are those of NumPy`() {
  // numpy.save of numpy.array([[1, 2]], dtype='<i4')
  let text = "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2), }"
  let padded = text + String(repeating: " ", count: 118 - text.count - 1)
  #expect(Tensor([1, 2], .int32([1, 2])).npyBytes() == file(padded, [1, 0, 0, 0, 2, 0, 0, 0]))
}

@Test func `both byte orders are read`() throws {
  #expect(try Tensor(npy: file(header("<f4", "(1,)"), [0, 0, 0x80, 0x3f])) == Tensor([1], [1]))
  #expect(try Tensor(npy: file(header(">f4", "(1,)"), [0x3f, 0x80, 0, 0])) == Tensor([1], [1]))
  #expect(try Tensor(npy: file(header(">i4", "(1,)"), [0xff, 0xff, 0xff, 0xfe])) == Tensor([1], .int32([-2])))
  #expect(try Tensor(npy: file(header(">i8", "(1,)"), [0, 0, 0, 0, 0, 0, 1, 2])) == Tensor([1], .int64([258])))
  #expect(try Tensor(npy: file(header(">f8", "()"), [0x40, 0, 0, 0, 0, 0, 0, 0])) == Tensor([], .float64([2])))
}

@Test func `float16 is widened`() throws {
  // 1, -2, the smallest subnormal, infinity
  let data: [UInt8] = [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0x00, 0x7c]
  let tensor = try Tensor(npy: file(header("<f2", "(4,)"), data))
  #expect(tensor == Tensor([4], [1, -2, 0x1p-24, .infinity]))
}

@Test func `any byte but zero is true`() throws {
  #expect(try Tensor(npy: file(header("|b1", "(3,)"), [0, 1, 7])) == Tensor([3], .bool([false, true, true])))
}

@Test func `fortran order becomes row-major`() throws {
  let matrix = try Tensor(npy: file(header("|u1", "(2, 3)", fortran: true), [1, 4, 2, 5, 3, 6]))
  #expect(matrix == Tensor([2, 3], .uint8([1, 2, 3, 4, 5, 6])))
  // Element (i, j, k) of a 2x3x2 array holds 100i + 10j + k.
  let cube = try Tensor(
    npy: file(header("|u1", "(2, 3, 2)", fortran: true), [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121]))
  #expect(cube == Tensor([2, 3, 2], .uint8([0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121])))
  #expect(try Tensor(npy: file(header("|u1", "(2,)", fortran: true), [8, 9])) == Tensor([2], .uint8([8, 9])))
}

@Test(arguments: [UInt8(1), 2, 3])
func `all versions are read`(version: UInt8) throws {
  #expect(try Tensor(npy: file(header("|u1", "(2,)"), [8, 9], version: version)) == Tensor([2], .uint8([8, 9])))
}

@Test func `keys come in any order with either quote`() throws {
  let text = #"{"shape": (1,2),"fortran_order":False , "descr" : "|u1"}"#
  #expect(try Tensor(npy: file(text, [8, 9])) == Tensor([1, 2], .uint8([8, 9])))
}

@Test func `foreign and cut files are refused`() {
  #expect(refusal([]) == .notNpy)
  #expect(refusal(Array("PK\u{3}\u{4}".utf8)) == .notNpy)
  #expect(refusal(file(header("|u1", "(1,)"), [1], version: 4)) == .unknownVersion(major: 4, minor: 0))
  let whole = file(header("|u1", "(1,)"), [1])
  #expect(refusal(Array(whole.prefix(6))) == .truncatedHeader(expected: 2, found: 0))
  #expect(refusal(Array(whole.prefix(9))) == .truncatedHeader(expected: 2, found: 1))
  #expect(refusal(Array(whole.prefix(20))) == .truncatedHeader(expected: whole.count - 11, found: 10))
  for length in 0..<whole.count { #expect(refusal(Array(whole.prefix(length))) != nil, "\(length) bytes") }
}

@Test func `a header of four gigabytes is refused`() {
  let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  #expect(refusal(magic + [2, 0, 0xff, 0xff, 0xff, 0xff] + [1, 2, 3]) == .headerTooLong(4_294_967_295))
}

@Test(arguments: ["|O", "<U3", "|S4", "<c8", "<M8[ns]", "<u2", "<f16", "<", ""])
func `other data types are refused`(descr: String) {
  guard case .unsupportedType = refusal(file(header(descr, "(1,)"), [0, 0])) else {
    Issue.record("\(descr) was read")
    return
  }
}

@Test func `records are refused`() {
  let text = "{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (1,), }"
  #expect(refusal(file(text, [UInt8](repeating: 0, count: 8))) == .unsupportedType("with fields"))
}

@Test(arguments: [
  "(9223372036854775808,)", "(9223372036854775807,)", "(4294967296, 4294967296)", "(9223372036854775807, 4, 0)",
  "(0, 9223372036854775807, 4)", "(" + String(repeating: "1, ", count: 65) + ")",
])
func `absurd shapes are refused`(shape: String) {
  #expect(refusal(file(header("<f4", shape))) == .shapeTooLarge)
}

@Test func `short and trailing data are refused`() {
  #expect(refusal(file(header("<f4", "(2,)"), [0, 0, 0, 0, 0, 0, 0])) == .dataLength(expected: 8, found: 7))
  #expect(refusal(file(header("|u1", "(2,)"), [0, 0, 0])) == .dataLength(expected: 2, found: 3))
  #expect(refusal(file(header("<f8", "(1000000000000,)"))) == .dataLength(expected: 8_000_000_000_000, found: 0))
}

@Test(arguments: [
  "", "{", "{}", "[]", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': False}",
  "{'descr': '|u1', 'fortran_order': 0, 'shape': ()}", "{'descr': '|u1', 'fortran_order': False, 'shape': (1)}",
  "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}",
  "{'descr': '|u1', 'fortran_order': False, 'shape': (1 1)}",
  "{'descr': '|u1', 'fortran_order': False, 'shape': [1]}", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,}",
  "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}",
  "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 1}",
  "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x", "{'descr': '|u1",
  "{'descr' '|u1', 'fortran_order': False, 'shape': (1,)}",
])
func `malformed headers are refused`(text: String) {
  guard case .malformedHeader = refusal(file(text, [0])) else {
    Issue.record("\(text) was read")
    return
  }
}

@Test func `an error says where and what`() {
  let short = file(header("|u1", "(2,)"), [0])
  #expect(throws: NpyError(.dataLength(expected: 2, found: 1), at: short.count)) { try Tensor(npy: short) }
  let long = file(header("|u1", "(2,)"), [0, 0, 0])
  #expect(throws: NpyError(.dataLength(expected: 2, found: 3), at: long.count - 1)) { try Tensor(npy: long) }
  #expect("\(NpyError(.dataLength(expected: 2, found: 1), at: 71))" == "byte 71: expected 2 bytes of data, found 1")
}
