import Engine
import Graphs
import Ops
import Passes
import Platform
public import Scenes
import Segmentation
public import Tensors

/// An image whose pixels have classes.
public struct LabelledImage: Sendable {
  /// Columns and rows, those of the image.
  public let size: PixelSize
  /// A class number per pixel, row by row; 255 where the network gave no finite scores.
  public let classes: [UInt8]
  /// Pixels per class.
  public let statistics: ClassStatistics
  /// Names and colours of the classes.
  public let table: ClassTable
}

extension Network {
  /// Labels an image that is in memory, by the same rules as a scene: samples scaled as in training where that is known, exact where the
  /// network is local, else in windows.
  ///
  /// - Parameters:
  ///   - image: [1, height, width, channels] or [height, width, channels]; its type says what the largest sample is.
  ///   - options: what does not follow from the model.
  ///   - note: is told what is decided, as it is.
  ///
  /// Errors: a network that labels no images, another number of channels, options that contradict these, too little memory.
  public func segment(
    _ image: Tensor, options: SegmentationOptions = SegmentationOptions(), note: @escaping (Note) -> Void = { _ in }
  ) throws(Fault) -> LabelledImage {
    let run = try ImageRun(self, image, options, wantsScores: false, note)
    var statistics = ClassStatistics(classes: run.classifier.classes)
    var classes = [UInt8](repeating: 0, count: run.size.width * run.size.height)
    let (width, classifier) = (run.size.width, run.classifier)
    try classes.withUnsafeMutableBufferPointer { (buffer) throws(Fault) in
      guard let base = buffer.baseAddress else { return }
      try run.emit { y, columns, scores in
        classifier.classify(
          scores, valid: nil, width: columns.count, into: base + y * width + columns.lowerBound, row: y,
          column: columns.lowerBound, statistics: &statistics)
      }
    }
    return LabelledImage(size: run.size, classes: classes, statistics: statistics, table: run.table)
  }

  /// The scores of an image that is in memory, cut and scaled as in `segment`: probabilities where a threshold asks for them or windows are
  /// blended, else what the network's output has.
  ///
  /// - Parameters:
  ///   - image: [1, height, width, channels] or [height, width, channels]; its type says what the largest sample is.
  ///   - options: what does not follow from the model.
  ///   - note: is told what is decided, as it is.
  /// - Returns: [1, height, width, scores], float32.
  ///
  /// Errors: those of `segment`.
  public func scores(
    _ image: Tensor, options: SegmentationOptions = SegmentationOptions(), note: @escaping (Note) -> Void = { _ in }
  ) throws(Fault) -> Tensor {
    let run = try ImageRun(self, image, options, wantsScores: true, note)
    let (width, count) = (run.size.width, run.model.scores)
    var values = [Float](repeating: 0, count: width * run.size.height * count)
    try values.withUnsafeMutableBufferPointer { (buffer) throws(Fault) in
      guard let base = buffer.baseAddress else { return }
      try run.emit { y, columns, scores in
        (base + (y * width + columns.lowerBound) * count).update(from: scores, count: columns.count * count)
      }
    }
    return Tensor([1, run.size.height, width, count], values)
  }
}

/// One pass of a network over an image in memory.
private struct ImageRun {
  let size: PixelSize
  let model: SceneModel
  let classifier: RowClassifier
  let table: ClassTable
  private let image: Tensor
  private let scaling: InputScaling
  private let stitching: Stitching
  private let threads: Int
  private let file: String

  init(
    _ network: Network, _ image: Tensor, _ options: SegmentationOptions, wantsScores: Bool,
    _ note: @escaping (Note) -> Void
  ) throws(Fault) {
    let labelling = try LabellingNetwork(network, options, note: note)
    let decision = try Stitching.Decision(options, labelling)
    let isWhole = wantsScores && decision.blend == .exact
    model = isWhole ? labelling.model : try labelling.model(for: decision.blend)
    let dims = image.shape.rank == 3 ? [1] + image.shape.dims : image.shape.dims
    guard dims.count == 4, dims[0] == 1, dims[3] == model.channels, dims[1] > 0, dims[2] > 0 else {
      throw Fault(
        .usage, file: network.file, at: model.inputName,
        "takes images of \(model.channels) channels, given \(image.type)")
    }
    let largest: Float? =
      switch image.dataType {
      case .uint8: 255
      case .int8: 127
      case .int32: Float(Int32.max)
      case .int64: Float(Int64.max)
      default: nil
      }
    size = PixelSize(width: dims[2], height: dims[1])
    self.image = image
    scaling = try InputScaling(options, labelling, largest: [Float?](repeating: largest, count: dims[3]))
    classifier = try labelling.classifier(decision.blend, nodata: 255)
    table = try labelling.classes.table(asked: nil)
    let machine = Machine.current
    threads = options.threads ?? machine.threads
    let limit = options.maximumMemory?.bytes ?? machine.usualMemory
    // The samples, as floats.
    let held = size.width * size.height * model.channels * MemoryLayout<Float>.stride
    stitching = try Stitching(
      decision, options, model: model, metadata: labelling.metadata, size: size, threads: threads,
      memory: MemoryShare(left: max(limit - held, 0), of: limit) { $0.addingClamped(held) })
    file = network.file
    note(.samples(scaling.text([(image.dataType.rawValue, largest)]), isGiven: scaling.isGiven))
    if let doubt = scaling.rule.doubt { note(.doubtfulSamples(SampleDoubt(doubt))) }
    note(.stitching(stitching.summary))
  }

  /// Runs the network; `take` is given the scores of row y for a range of columns.
  func emit(
    _ take: (_ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>) -> Void
  ) throws(Fault) {
    let session = try engine(file) { () throws(EngineError) in try Session(stitching.plan, threads: threads) }
    let channels = model.channels, count = size.width * channels
    let samples = Cast(to: .float32).evaluate([image])[0].floats
    do {
      try samples.withUnsafeBufferPointer { samples in
        try stitching.run(
          session,
          readRow: { y, row in
            for channel in 0..<channels {
              let (factor, offset) = (scaling.scale[channel], scaling.offset[channel])
              for place in stride(from: channel, to: count, by: channels) {
                row[place] = samples[y * count + place] * factor + offset
              }
            }
          }, emit: take, poll: {})
      }
    } catch let error as EngineError { throw Fault(error, file: file) } catch let error as SegmentationError {
      throw Fault(error, file: file)
    } catch { throw Fault(.unsupported, file: file, "\(error)") }
  }
}
