import ModelFiles
import Passes
package import Scenes

extension SceneClasses {
  /// Names and colours: `asked`, those of the metadata, or numbers. Errors: another number of names than of classes.
  package func table(asked: (table: ClassTable, name: String)?) throws(Fault) -> ClassTable {
    let count = decision.classes
    if let (table, name) = asked {
      guard table.count == count else {
        throw Fault(
          .usage, setting: .classes, at: name, "\(table.count) class names for a model of \(count) classes")
      }
      return table
    }
    guard let names else { return ClassTable(count: count) }
    if let table = declaredTable { return table }
    let few = names.value.names.prefix(4).joined(separator: ", ") + (names.value.names.count > 4 ? ", ..." : "")
    let isOneMore = decision.background == .first && names.value.names.count == count + 1
    let (file, place) = names.origin == .model ? (file, names.origin.description) : ("\(names.origin)", "class_names")
    throw Fault(
      .usage, file: file, at: place, "\(names.value.names.count) class names (\(few)) for a model of \(count) classes",
      remedy: .otherClassNames(orNoBackground: isOneMore))
  }

  /// What is worth telling of them; `isThresholdGiven` where the caller chose the threshold.
  package func tell(isThresholdGiven: Bool, _ note: (Note) -> Void) {
    if let text { note(.classes(text)) }
    if decision.isDoubtful { note(.independentScores(decision.scores)) }
    if decision.isGuessed, !isThresholdGiven { note(.unknownScore) }
    if let other = namesOfOthers { note(.classes("numbered, since \(other)")) }
  }
}
