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
    case .threads: "--threads"
    }
  }
}

extension Remedy {
  /// What helps, as a hint that names the options.
  var text: String {
    switch self {
    case .advice(let text): text
    case .anyOf(let remedies): remedies.map(\.text).joined(separator: ", or ")
    case .substitute(let layer, let example): "say what computes the same, such as --substitute '\(layer)=\(example)'"
    case .nameBackend(let names): "name it, as --keras1-backend \(names.joined(separator: " or "))"
    case .optimise: "leave out --no-optimize"
    case .otherOutputs(let names): "there are other outputs for --output-name: \(names.joined(separator: ", "))"
    case .outputOfScores(let axes): "segment needs an output of \(axes)"
    case .nameBackground:
      "say with --background none that none is the background's, or with --background 0 that the first is"
    case .otherClassNames(orNoBackground: true):
      "give --background none if no score is the background's, or others with --classes"
    case .otherClassNames(orNoBackground: false): "give others with --classes"
    case .fixInputSize: "fix the size by --input-shape"
    case .nameInputSize: "the model leaves sizes open; give one that it takes with --input-shape"
    case .otherInputSize: "the model does not take 512x512; give a size that it takes with --input-shape"
    case .giveInput(let name): "give --input '\(name)=x.npy', or for noise use bench --input-shape"
    case .correctBands, .chooseBands, .nameBands, .nameBandsSuchAs, .nameBandsRepeatedly, .readAlphaAsData,
      .locateProjectionDatabase:
      sceneText
    case .smallerWindow: "use a smaller --window"
    case .blendWindows: "use --blend hann"
    case .automaticHaloOrCropping: "use --halo auto, or --blend crop for an approximation"
    case .allowMemory(let bytes): "the smallest that works here is \(bytes >> 20)M"
    case .replaceExisting: "give --overwrite to replace it"
    case .nameOutput: "name the mask with -o"
    case .nameOtherOutput: "choose another -o"
    case .chooseOtherNodata: "give another --nodata"
    case .chooseOtherFormat: "use another --of"
    case .extensionOrFormat(let known): "end it in one of \(known.joined(separator: ", ")), or give --of"
    case .noFormatOrExtension(let known): "leave --of out, or end the name in .\(known)"
    }
  }

  private var sceneText: String {
    switch self {
    case .correctBands: "check -b"
    case .chooseBands: "choose bands with -b"
    case .nameBands(let count): "name \(count) bands with -b"
    case .nameBandsSuchAs(let bands):
      "name the bands with -b, such as -b \(bands.map(String.init).joined(separator: ","))"
    case .nameBandsRepeatedly: "name bands with -b, which may repeat a band"
    case .readAlphaAsData: "--ignore-alpha reads it as data"
    default: "set PROJ_DATA (before PROJ 9.1: PROJ_LIB) to the directory that holds it, or unset both"
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
