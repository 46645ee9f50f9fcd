import Scenes

/// The rows of a scene as a network asks for them, and their flags as it finishes rows.
///
/// A network whose outputs depend on rows further up finishes a row before it asks for the same row of the scene, and may end without
/// having asked for the last ones.
struct SceneRows {
  private let queue: BoundedQueue<InputRow>
  private var valid: ValidRows
  /// Rows that were read for their flags, and not asked for yet.
  private var early: [InputRow] = []
  /// In this pass over the scene: rows taken from the queue, rows asked for, the last row finished.
  private var (taken, asked, finished) = (0, 0, 0)

  init(_ queue: BoundedQueue<InputRow>, width: Int) { (self.queue, valid) = (queue, ValidRows(width: width)) }

  /// Writes the samples of row y; rows come in order, and row 0 begins another pass.
  mutating func read(_ y: Int, into row: UnsafeMutablePointer<Float>) throws {
    if y == 0 && asked > 0 { restart() }
    asked = y + 1
    if early.isEmpty { _ = try take(into: row) } else { early.removeFirst().copySamples(row) }
  }

  /// The flags of row y, all columns; the pointer is good until the next call. Rows come in order.
  mutating func flags(_ y: Int) throws -> UnsafePointer<UInt8> {
    if y < finished { restart() }
    finished = y
    while taken <= y { if let row = try take(into: nil) { early.append(row) } }
    return valid.row(y)
  }

  private mutating func restart() { (early, taken, asked, finished) = ([], 0, 0, 0) }

  /// The next row of the pass, which is copied or else returned; what the last pass left is passed over.
  private mutating func take(into row: UnsafeMutablePointer<Float>?) throws -> InputRow? {
    let y = taken, flags = valid.add(y)
    var (isFound, result): (Bool, InputRow?) = (false, nil)
    while !isFound {
      let isThere: Void? = try queue.take { slot in
        isFound = slot.y == y
        guard isFound else { return }
        slot.copyFlags(flags)
        if let row { slot.copySamples(row) } else { result = slot }
      }
      guard isThere != nil else { preconditionFailure("row \(y) is past the last") }
    }
    taken += 1
    return result
  }
}

/// A row of samples on its way to the network.
struct InputRow {
  private(set) var y = 0
  private var columns = 0..<0
  private let channels: Int
  private var samples: [Float]
  private var valid: [UInt8]

  init(width: Int, channels: Int) {
    self.channels = channels
    samples = [Float](repeating: 0, count: width * channels)
    valid = [UInt8](repeating: 0, count: width)
  }

  mutating func fill(_ y: Int, _ columns: Range<Int>, _ read: ScenePipeline.Read) throws {
    (self.y, self.columns) = (y, columns)
    try samples.withUnsafeMutableBufferPointer { samples in
      try valid.withUnsafeMutableBufferPointer { valid in
        guard let samples = samples.baseAddress, let valid = valid.baseAddress else { return }
        try read(y, columns, samples, valid)
      }
    }
  }

  func copySamples(_ row: UnsafeMutablePointer<Float>) {
    samples.withUnsafeBufferPointer { samples in
      guard let samples = samples.baseAddress else { return }
      (row + columns.lowerBound * channels).update(from: samples, count: columns.count * channels)
    }
  }

  func copyFlags(_ flags: UnsafeMutablePointer<UInt8>) {
    valid.withUnsafeBufferPointer { valid in
      guard let valid = valid.baseAddress else { return }
      (flags + columns.lowerBound).update(from: valid, count: columns.count)
    }
  }
}
