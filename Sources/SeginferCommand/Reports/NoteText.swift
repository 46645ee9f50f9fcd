import Networks

extension Note {
  /// A line of the log, which names the options that decide otherwise.
  var text: String {
    let wording = Wording.options
    switch self {
    case .bundledModel: return "model: \(Note.bundledWarning); give your own with -m"
    case .model(let text): return "model: \(text)"
    case .output(let name, let others): return "output: \(wording.output(name, others: others))"
    case .inputAxes(let taken, let others): return wording.inputAxes(taken, others: others)
    case .outputAxes(let taken, let others): return wording.outputAxes(taken, others: others)
    case .scores(let text): return "output: \(text)"
    case .imageSize(let size, let others):
      let mark = others.isEmpty ? "" : "warning: "
      return "\(mark)model: made for images of \(wording.imageSize(size, others: others, of: "its input"))"
    case .classes(let text): return "classes: \(text)"
    case .independentScores(let count):
      return "warning: each of the \(count) scores is a sigmoid, and the largest wins however small it is; "
        + "with --background none, pixels whose scores are all below a threshold are background"
    case .unknownScore:
      return "warning: whether the score is a probability is not known; if it is a logit, give --threshold 0"
    case .scene(let text): return "scene: \(text)"
    case .alpha(let band): return "alpha: band \(band) hides pixels where it is 0; --ignore-alpha reads it as data"
    case .sampleScaling(nil, _): return "scale and offset of the scene: none, --unscale changes nothing"
    case .sampleScaling(let text?, let isApplied):
      return "scale and offset of the scene: \(text), \(isApplied ? "applied" : "not applied without --unscale")"
    case .samples(let text, let isGiven):
      return "samples: \(isGiven ? "as given by --scale, --mean and --std" : text)"
    case .doubtfulSamples(let doubt): return "warning: samples: \(doubt.text(wording))"
    case .noAreas(let text): return "areas: none, \(text)"
    case .stitching(let text): return "stitching: \(text)"
    case .lostGeoreference(let file, let parts):
      return "warning: \(file): the format cannot hold \(parts.joined(separator: ", "))"
    }
  }

  static let bundledWarning =
    "this is seginfer's demonstration model, trained on synthetic scenes: its classes mean little on real imagery"
}
