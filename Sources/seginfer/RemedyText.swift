import Diagnostics

extension Remedy {
  /// What the user can do, with the options of the commands.
  var text: String {
    switch self {
    case .advice(let text): text
    case .anyOf(let remedies): remedies.map(\.text).joined(separator: ", or ")
    case .substitute(let layer, let example): "say what computes the same, such as --substitute '\(layer)=\(example)'"
    case .nameBackend(let names): "name it, as --keras1-backend \(names.joined(separator: " or "))"
    case .fixInputSize: "fix the size by --input-shape"
    case .outputOfScores(let axes): "segment needs an output of \(axes)"
    case .nameBackground:
      "say with --background none that none is the background's, or with --background 0 that the first is"
    case .correctBands: "check -b"
    case .nameBands(let count): "name \(count) bands with -b"
    case .nameBandsSuchAs(let bands):
      "name the bands with -b, such as -b \(bands.map(String.init).joined(separator: ","))"
    case .nameBandsRepeatedly: "name bands with -b, which may repeat a band"
    case .readAlphaAsData: "--ignore-alpha reads it as data"
    case .locateProjectionDatabase:
      "set PROJ_DATA (before PROJ 9.1: PROJ_LIB) to the directory that holds it, or unset both"
    case .smallerWindow: "use a smaller --window"
    case .replaceExisting: "give --overwrite to replace it"
    case .nameOtherOutput: "choose another -o"
    case .chooseOtherNodata: "give another --nodata"
    case .chooseOtherFormat: "use another --of"
    }
  }
}
