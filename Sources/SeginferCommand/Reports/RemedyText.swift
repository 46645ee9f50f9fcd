import Networks

extension Fault.Setting {
  /// The option that sets it.
  var option: String {
    switch self {
    case .window: "--window"
    case .overlap: "--overlap"
    case .halo: "--halo"
    case .blend: "--blend"
    case .threshold: "--threshold"
    case .background: "--background"
    case .classes: "--classes"
    case .bands: "--band"
    case .scale: "--scale"
    case .mean: "--mean"
    case .deviation: "--std"
    case .upsampling: "--upsample"
    case .outputName: "--output-name"
    case .precision: "--precision"
    case .substitutes: "--substitute"
    case .inputShape: "--input-shape"
    case .inputs: "--input"
    case .outputs: "--output"
    case .maskFormat: "--of"
    case .maskPath: "-o"
    case .maximumMemory: "--max-memory"
    }
  }
}

extension Remedy {
  /// What helps, as a hint that names the options.
  var text: String {
    switch self {
    case .advice(let text): text
    case .otherOutputs(let names): "there are other outputs for --output-name: \(names.joined(separator: ", "))"
    case .overwriting: "give --overwrite to replace it"
    case .choosingBands: "choose bands with -b"
    case .readingAlpha(let other):
      ["--ignore-alpha reads it as data", other].compactMap { $0 }.joined(separator: ", or ")
    case .projDatabase:
      "set PROJ_DATA (before PROJ 9.1: PROJ_LIB) to the directory that holds it, or unset both"
    case .namingOutput: "name the mask with -o"
    case .extensionOrFormat(let known): "end it in one of \(known.joined(separator: ", ")), or give --of"
    case .noFormatOrExtension(let known): "leave --of out, or end the name in .\(known)"
    case .background:
      "say with --background none that none is the background's, or with --background 0 that the first is"
    case .otherClassNames(orNoBackground: true):
      "give --background none if no score is the background's, or others with --classes"
    case .otherClassNames(orNoBackground: false): "give others with --classes"
    case .blending: "use --blend hann"
    case .automaticHaloOrCropping: "use --halo auto, or --blend crop for an approximation"
    case .memory(let bytes, let orSmallerWindow):
      [
        bytes.map { "the smallest that works here is \($0 >> 20)M" },
        orSmallerWindow ? "or use a smaller --window" : nil,
      ].compactMap { $0 }.joined(separator: ", ")
    case .inputShape: "the model leaves sizes open; give one that it takes with --input-shape"
    case .benchmarkShape: "the model does not take 512x512; give a size that it takes with --input-shape"
    case .input(let name): "give --input '\(name)=x.npy', or for noise use bench --input-shape"
    case .imageOutput: "segment needs an output of height x width x classes, in any order"
    case .optimising: "leave out --no-optimize"
    }
  }
}

extension Wording {
  /// As the options say it.
  static let options: Wording = {
    var wording = Wording()
    (wording.inputLayout, wording.outputLayout, wording.window) = ("--input-layout", "--output-layout", "--window")
    (wording.outputName, wording.scale) = ("choose with --output-name", "give --scale 1")
    return wording
  }()
}
