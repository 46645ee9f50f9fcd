import Scenes
import Testing

@Suite struct ScenePaddingTests {
  @Test func `reflection does not repeat the edge and is periodic`() {
    #expect((-4..<8).map { reflect($0, count: 4) } == [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1])
    #expect((-3..<6).map { reflect($0, count: 2) } == [1, 0, 1, 0, 1, 0, 1, 0, 1])
    #expect((-2..<3).map { reflect($0, count: 1) } == [0, 0, 0, 0, 0])
  }

  @Test func `a scene grows to the next multiple of the modulus`() {
    let padding = ScenePadding(size: PixelSize(width: 33, height: 32), modulus: PixelSize(16))
    #expect(padding.padded == PixelSize(width: 48, height: 32))
  }

  @Test func `rows are extended at the right by reflection`() {
    let padding = ScenePadding(size: PixelSize(width: 3, height: 1), padded: PixelSize(width: 8, height: 1))
    var row: [Float] = [0, 10, 1, 11, 2, 12] + [Float](repeating: -1, count: 10)
    row.withUnsafeMutableBufferPointer { padding.extend($0.baseAddress!, channels: 2) }
    #expect(row == [0, 10, 1, 11, 2, 12, 1, 11, 0, 10, 1, 11, 2, 12, 1, 11])
  }

  @Test(arguments: [(1, 5), (2, 9), (3, 4), (7, 8), (7, 13), (7, 30), (16, 16), (9, 17)])
  func `padded rows are the reflected scene, each scene row read once`(height: Int, padded: Int) {
    let scene = Image.random(PixelSize(width: 3, height: height), channels: 2, seed: 5)
    let padding = ScenePadding(size: scene.size, padded: PixelSize(width: 4, height: padded))
    let expected = scene.cut(rows: 0..<padded, columns: 0..<4)
    var rows = PaddedRows(padding, channels: 2)
    var read: [Int] = []
    var values: [Float] = []
    for _ in 0..<padded {
      let row = rows.next { y, row in
        read.append(y)
        for i in 0..<6 { row[i] = scene.values[y * 6 + i] }
      }
      for i in 0..<8 { values.append(row[i]) }
    }
    #expect(read == Array(0..<height))
    #expect(values == expected.values)
  }
}
